# What comes of a command, to compare one with another; and what inputs that are made up at random are made of.
package Outcome;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(write_file read_file first_difference one_of instant);

sub write_file {
  my ($name, $text) = @_;
  open my $file, '>:raw', $name or die "$name: $!\n";
  print {$file} $text;
  close $file or die "$name: $!\n";
  return $name;
}

sub read_file {
  my ($name) = @_;
  open my $file, '<:raw', $name or die "$name: $!\n";
  local $/ = undef;
  my $text = <$file>;
  close $file;
  return defined $text ? $text : '';
}

# What a line of the shell writes, says and returns, in the current folder.
sub of {
  my ($line) = @_;
  system 'sh', '-c', "$line >out 2>err";
  return join "\n", 'status ' . ($? >> 8), read_file('err'), read_file('out');
}

sub first_difference {
  my ($one, $other) = @_;
  my @a = split /\n/, $one;
  my @b = split /\n/, $other;
  for my $i (0 .. ($#a > $#b ? $#a : $#b)) {
    my ($x, $y) = map { defined $_ ? substr $_, 0, 300 : '(nothing)' } $a[$i], $b[$i];
    return "line $i:\n    $x\n    $y" if $x ne $y || ($a[$i] || '') ne ($b[$i] || '');
  }
  return 'line ends';
}

sub one_of { return $_[int rand @_] }

sub instant {
  my ($from, $to) = @_;
  my ($s, $m, $h, $d, $mo, $y) = gmtime($from + int rand($to - $from));
  return sprintf '%04d-%02d-%02dT%02d:%02d:%02d', $y + 1900, $mo + 1, $d, $h, $m, $s;
}

1;
