# The modules of npm that tests compare with, in the folder build/npm, into which they are installed where npm can.
package Npm;

use strict;
use warnings;
use Cwd ();
use Fcntl qw(LOCK_EX);
use File::Basename qw(dirname);
use File::Path ();

our $folder = Cwd::abs_path(dirname(__FILE__) . '/../..') . '/build/npm';
my %modules = ('ical.js' => '2.2.1', 'rrule' => '2.8.1');

sub is_there {
  return !grep { !-e "$folder/node_modules/$_" } keys %modules;
}

# Whether node and all modules are there; node finds them from then on.
sub has_modules {
  my $quiet = '>/dev/null 2>&1';
  return 0 if system("node --version $quiet") != 0;
  $ENV{NODE_PATH} = join ':', "$folder/node_modules", grep { defined && length } $ENV{NODE_PATH};
  return 1 if is_there();
  File::Path::make_path($folder);
  open my $lock, '>', "$folder/lock" or return 0;    # another test may be installing
  flock $lock, LOCK_EX or return 0;
  my $names = join ' ', map { "$_\@$modules{$_}" } sort keys %modules;
  my $install = "npm install --no-audit --no-fund --ignore-scripts --fetch-retries=0 --prefix '$folder' $names";
  system "timeout 60 $install $quiet" if !is_there();
  return is_there();
}

1;
