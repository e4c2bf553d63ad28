# Lines of CSV as slaclock writes them.
package Csv;

use strict;
use warnings;

# The fields of a line.
sub fields {
  my ($line) = @_;
  my @fields;
  push @fields, defined $1 ? $1 =~ s/""/"/gr : $2 while $line =~ /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|\z)/g;
  return @fields;
}

1;
