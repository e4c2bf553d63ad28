# What run and budget have in common: the kinds of input and of work that are measured, and how instructions are
# counted. All paths are relative to the folder of the Makefile.
package Bench;

use strict;
use warnings;

our $now = '2026-06-01T00:00:00Z';
our $policies = 'tests/bench/policies';

# What generate is told for each kind of input.
our %inputs = (
  plain      => '',
  offsets    => '--offsets',
  local      => '--local',
  quoted     => '--quoted',
  semicolons => '--semicolons',
  crlf       => '--crlf',
  wide       => '--wide 40',
  desks      => '--field region=4',
  ndjson     => '--ndjson',
);

# What is measured: its name, the kind of input, the policy, the rest of the command, and what it is in words.
our @variants = map { { name => $_->[0], input => $_->[1], policy => $_->[2], command => $_->[3], text => $_->[4] } } (
  [ 'plain', 'plain', 'plain', 'annotate --add due,status', 'CSV, times in UTC' ],
  [ 'offsets', 'offsets', 'plain', 'annotate --add due,status', 'times with ten different offsets' ],
  [ 'local', 'local', 'plain', 'annotate --add due,status', 'times without offset' ],
  [ 'quoted', 'quoted', 'plain', 'annotate --add due,status', 'every field in quotes' ],
  [ 'semicolons', 'semicolons', 'plain', 'annotate --add due,status', 'semicolons between fields' ],
  [ 'crlf', 'crlf', 'plain', 'annotate --add due,status', 'lines that end as on Windows' ],
  [ 'wide', 'wide', 'plain', 'annotate --add due,status', '40 more columns' ],
  [ 'desks', 'desks', 'desks', 'annotate --add due,status', 'four calendars in four zones' ],
  [ 'two', 'plain', 'two', 'annotate', 'two metrics, all columns' ],
  [ 'ndjson-in', 'ndjson', 'plain', 'annotate --add due,status --format csv', 'JSON in, CSV out' ],
  [ 'ndjson-out', 'plain', 'plain', 'annotate --add due,status --format ndjson', 'CSV in, JSON out' ],
  [ 'ndjson', 'ndjson', 'plain', 'annotate --add due,status', 'JSON in and out' ],
  [ 'report', 'plain', 'plain', 'report', 'a report of them' ],
  [ 'report-two', 'plain', 'two', 'report', 'a report of two metrics' ],
);

# The command of a variant, with -j 1 where the program knows it: instructions and times of one thread.
sub command_of {
  my ($program, $variant, $file) = @_;
  my ($command, @options) = split ' ', $variant->{command};
  return join ' ', $program, $command, one_job($program, $command), '-p', "$policies/$variant->{policy}.yaml", @options,
    '--now', $now, $file;
}

my %one_job;

sub one_job {
  my ($program, $command) = @_;
  $one_job{$command} = qx($program help $command 2>/dev/null) =~ /^ +-j, --jobs\b/m ? '-j 1' : ''
    if !defined $one_job{$command};
  return $one_job{$command} || ();
}

sub counts_instructions {
  return system('valgrind --tool=callgrind --callgrind-out-file=/dev/null true >/dev/null 2>&1') == 0;
}

# How many instructions a whole process takes; nothing where it fails.
sub instructions {
  my ($command) = @_;
  my $said = qx(valgrind --tool=callgrind --callgrind-out-file=/dev/null $command 2>&1 >/dev/null);
  return if $? != 0 || $said !~ /Collected *: *([0-9]+)/;
  return $1;
}

# How many instructions a row takes: the difference between two files, in which what is done once cancels out. $command
# makes a command out of a file; $file names one with so many rows.
sub instructions_per_row {
  my ($few, $many, $file, $command) = @_;
  my @counts = map { instructions($command->($file->($_))) } $few, $many;
  return @counts == 2 ? ($counts[1] - $counts[0]) / ($many - $few) : undef;
}

1;
