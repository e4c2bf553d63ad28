# Tables in Markdown, as make bench writes them: what is said is kept until text() gives it all.
package Markdown;

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(commands failure mebibytes milliseconds number ratio say_text table);

my @lines;

# All that was said, without the last blank line.
sub text {
  my @all = @lines;
  pop @all if @all && $all[-1] eq '';
  return join '', map { "$_\n" } @all;
}

# 1234567 as 1 234 567; two figures behind the point below 10.
sub number {
  my ($value) = @_;
  return '' if !defined $value;
  return sprintf '%.2f', $value if abs $value < 10 && $value != int $value;
  my $text = sprintf '%.0f', $value;
  1 while $text =~ s/^(-?[0-9]+)([0-9]{3})/$1 $2/;
  return $text;
}

sub milliseconds { return sprintf $_[0] < 100_000 ? '%.2f' : '%.0f', $_[0] / 1e3 }

# What a table says of a command that failed.
sub failure { return $_[0]{failed} ? " (FAILED: $_[0]{failed})" : '' }

sub mebibytes { return sprintf '%.1f', $_[0]{memory} / 1024 }

sub ratio { return defined $_[0] ? sprintf('%.2f', $_[0]) : '' }

sub say_text { push @lines, @_; return }

sub table {
  my ($head, @rows) = @_;
  say_text('| ' . join(' | ', @$head) . ' |', '|' . join('|', ' --- ', map { ' ---: ' } 1 .. $#$head) . '|');
  say_text('| ' . join(' | ', map { defined $_ ? $_ : '' } @$_) . ' |') for @rows;
  say_text('');
  return;
}

sub commands {
  say_text('```', @_, '```', '');
  return;
}

1;
