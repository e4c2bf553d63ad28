# Policies and feeds of any size, to see how the cost grows with them. Each function writes files into a folder and
# returns the name of the one that matters.
package BenchPolicies;

use strict;
use warnings;
use POSIX ();

my @zones = qw(Europe/Kyiv Europe/London America/New_York Asia/Kathmandu Asia/Tokyo Australia/Sydney America/Sao_Paulo
  Africa/Cairo Asia/Kolkata America/Los_Angeles Europe/Berlin Asia/Dubai America/Chicago Pacific/Auckland Asia/Shanghai
  America/St_Johns);

my $days = './../../tests/bench/policies/days.yaml';    # build/bench is two folders down

my $metrics = "metrics:\n  first_response: { start: opened_at, stop: responded_at }\n";

sub write_file {
  my ($name, $text) = @_;
  open my $file, '>', $name or die "$name: $!\n";
  print $file $text;
  close $file or die "$name: $!\n";
  return $name;
}

# A date some days after 2000-01-01.
sub date {
  my ($day, $format) = @_;
  return POSIX::strftime($format, gmtime(946_684_800 + $day * 86_400));
}

# The beginning of a policy with one calendar.
sub policy {
  my ($name, $holidays) = @_;
  return "policy: $name\nzone: Europe/Kyiv\ncalendars:\n" .
    qq(  desk: { hours: "Mo-Fr 11:00-19:00", holidays: $holidays }\n);
}

sub calendars {
  my ($folder, $count) = @_;
  my $text = "policy: calendars\nzone: Europe/Kyiv\ncalendars:\n";
  for my $i (1 .. $count) {
    $text .= sprintf qq(  desk%d: { zone: %s, hours: "Mo-Fr 09:%02d-17:30", holidays: %s }\n), $i,
      $zones[ $i % @zones ], $i % 60, $days;
  }
  $text .= "${metrics}targets:\n";
  $text .= "  - { metric: first_response, when: { region: region$_ }, within: 8h, calendar: desk$_ }\n" for 1 .. $count;
  return write_file("$folder/calendars$count.yaml", $text);
}

sub holidays {
  my ($folder, $count) = @_;
  my $step = 40 * 365 / ($count || 1);
  my $set = "holidays: days$count\n" . ($count ? "days:\n" : "days: []\n");
  $set .= "  - { name: Day $_, on: " . date(int $_ * $step, '%Y-%m-%d') . " }\n" for 0 .. $count - 1;
  write_file("$folder/days$count.yaml", $set);
  return write_file("$folder/holidays$count.yaml",
    policy('holidays', "./days$count.yaml") . "${metrics}targets:\n  - { metric: first_response, within: 8h }\n");
}

sub targets {
  my ($folder, $count) = @_;
  my $text = policy('targets', $days) . "${metrics}targets:\n";
  for my $i (1 .. $count) {
    my $hours = $i % 20 + 1;
    $text .= "  - { metric: first_response, when: { customer: customer$i }, within: ${hours}h }\n";
  }
  return write_file("$folder/targets$count.yaml", $text);
}

# Two feeds of 100 KB, with a policy for each: one of single days, and one in which every tenth event comes each year.
sub feeds {
  my ($folder) = @_;
  for my $repeating (0, 1) {
    my $name = $repeating ? 'feed-repeating' : 'feed';
    my $text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//days//EN\r\n";
    for (my $i = 0; length $text < 100_000; $i++) {
      my $rule = $repeating && $i % 10 == 0 ? "RRULE:FREQ=YEARLY;COUNT=30\r\n" : '';
      $text .= "BEGIN:VEVENT\r\nUID:day-$i\@example.org\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:" .
        date($i * 17, '%Y%m%d') . "\r\n${rule}SUMMARY:Day off number $i\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n";
    }
    write_file("$folder/$name.ics", "${text}END:VCALENDAR\r\n");
    write_file("$folder/$name.yaml",
      policy('feed', "./$name.ics") . "targets:\n  - { metric: first_response, within: 8h }\n");
  }
  return "$folder/feed.ics $folder/feed-repeating.ics";
}

1;
