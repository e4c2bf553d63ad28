/* Prints what libical reads in an iCalendar file: component, start, end, category and summary of each, by tabs. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static char *get_line(char *line, size_t size, void *file) {
  return fgets(line, (int)size, file);
}

static void print_text(const char *text) {
  for (; text && *text; text++)
    if (*text == '\n')
      fputs("\\n", stdout);
    else
      putchar(*text);
}

static void print_time(icalcomponent *component, icalproperty_kind kind) {
  icalproperty *property = icalcomponent_get_first_property(component, kind);
  putchar('\t');
  if (property)
    fputs(icalvalue_as_ical_string(icalproperty_get_value(property)), stdout);
}

static void print_component(icalcomponent *component) {
  fputs(icalcomponent_kind_to_string(icalcomponent_isa(component)), stdout);
  print_time(component, ICAL_DTSTART_PROPERTY);
  print_time(component, ICAL_DTEND_PROPERTY);
  icalproperty *category = icalcomponent_get_first_property(component, ICAL_CATEGORIES_PROPERTY);
  putchar('\t');
  print_text(category ? icalproperty_get_categories(category) : NULL);
  putchar('\t');
  print_text(icalcomponent_get_summary(component));
  putchar('\n');
  for (icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); inner;
       inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
    print_component(inner);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file)
    return 2;
  icalparser *parser = icalparser_new();
  icalparser_set_gen_data(parser, file);
  icalcomponent *calendar = icalparser_parse(parser, get_line);
  if (!calendar || icalcomponent_count_errors(calendar))
    return 1;
  for (icalcomponent *inner = icalcomponent_get_first_component(calendar, ICAL_ANY_COMPONENT); inner;
       inner = icalcomponent_get_next_component(calendar, ICAL_ANY_COMPONENT))
    print_component(inner);
  icalcomponent_free(calendar);
  icalparser_free(parser);
  fclose(file);
  return 0;
}
