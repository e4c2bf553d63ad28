# Runs jobs, some at a time: each in a process group of its own, with a time limit and its output in files. Nothing that
# a job started outlives it. Needs no more than Debian's perl-base.
package Jobs;

use strict;
use warnings;
use POSIX ();

my %running;    # process id, which is also its group's, of each job under way => the job

# How many jobs the machine can run at a time.
sub processors {
  my $count = `getconf _NPROCESSORS_ONLN 2>/dev/null` || '';
  return $count =~ /^([0-9]+)/ && $1 > 0 ? $1 : 1;
}

# Runs jobs, at most $most at a time, and calls $done with each as it ends. A job is a hash of
#   run      a list, the program and its arguments, or code to run in a process of its own
#   out, err files for standard output and error; the same for both where err is not given
#   folder   to run in; env: the whole environment; both as they are where not given
#   limit    seconds it may take; none where not given
# and gets status (as the shell shows it: 128 + N where signal N ended it), seconds that it took, and timed_out.
sub run {
  my ($most, $done, @jobs) = @_;
  my @waiting = @jobs;
  local $SIG{ALRM} = sub { end_overdue(); alarm 1 };
  alarm 1;
  while (@waiting || %running) {
    start(shift @waiting) while @waiting && keys %running < $most;
    my $pid = waitpid -1, 0;
    die "waitpid: $!\n" if $pid < 0;
    my $job = delete $running{$pid} or next;
    $job->{seconds} = time - $job->{start};
    $job->{status} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    kill 'KILL', -$pid;
    $done->($job);
  }
  alarm 0;
  return;
}

sub start {
  my ($job) = @_;
  my $pid = fork;
  die "fork: $!\n" if !defined $pid;
  POSIX::setpgid($pid, $pid);
  if ($pid) {
    $job->{start} = time;
    $running{$pid} = $job;
    return;
  }
  %running = ();
  alarm 0;
  $SIG{ALRM} = 'DEFAULT';
  open STDIN, '<', '/dev/null' or die "/dev/null: $!\n";
  open STDOUT, '>', $job->{out} or die "$job->{out}: $!\n";
  open STDERR, '>&', \*STDOUT or die "standard error: $!\n";
  open STDERR, '>', $job->{err} or die "$job->{err}: $!\n" if $job->{err};
  chdir $job->{folder} or die "$job->{folder}: $!\n" if defined $job->{folder};
  %ENV = %{ $job->{env} } if $job->{env};
  exit $job->{run}->() if ref $job->{run} eq 'CODE';
  $SIG{INT} = $SIG{TERM} = 'DEFAULT';
  no warnings 'exec';
  exec { $job->{run}[0] } @{ $job->{run} };
  print STDERR "$job->{run}[0]: $!\n";
  POSIX::_exit(127);
}

# First asks, a second later insists.
sub end_overdue {
  for my $pid (keys %running) {
    my $job = $running{$pid};
    next if !$job->{limit} || time - $job->{start} < $job->{limit};
    kill $job->{timed_out} ? 'KILL' : 'TERM', -$pid;
    $job->{timed_out} = 1;
  }
  return;
}

# Lets the jobs clean up, for at most a second, and ends.
sub interrupted {
  kill 'TERM', -$_ for keys %running;
  for (1 .. 20) {
    my $pid;
    delete $running{$pid} while ($pid = waitpid -1, POSIX::WNOHANG()) > 0;
    last if !%running;
    select undef, undef, undef, 0.05;
  }
  kill 'KILL', -$_ for keys %running;
  exit 130;
}

$SIG{$_} = \&interrupted for qw(INT TERM HUP);

sub read_file {
  my ($path) = @_;
  open my $in, '<:raw', $path or die "$path: $!\n";
  local $/;
  my $text = <$in>;
  close $in;
  return defined $text ? $text : '';
}

sub write_file {
  my ($path, $text) = @_;
  open my $out, '>:raw', $path or die "$path: $!\n";
  print {$out} $text or die "$path: $!\n";
  close $out or die "$path: $!\n";
  return;
}

1;
