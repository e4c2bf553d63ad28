/* Names of zones: which may be looked up, where the system keeps them, and what was meant by one that is unknown. */
#include "base/file.h"
#include "base/text.h"
#include "time/icu.h"
#include "time/zone_rules.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TZDATA_LIMIT = 4 * 1024 * 1024, FOLDERS_DEEP = 3, NAMES_MOST = 10000 };

struct names {
  const char **items;
  size_t count, capacity;
};

/* --- which names may be looked up --------------------------------------------------------------------------------- */

/*
 * Three capitals are a zone only where IANA says so: ICU has others from Java (AST is Anchorage, BST Dhaka there), and
 * the same policy must mean the same whichever source is in use.
 */
static const char *const iana_capitals[] = {"CET", "EET", "EST", "GMT", "HST", "MET", "MST",
                                            "PRC", "ROC", "ROK", "UCT", "UTC", "WET"};

/* Not places: they differ from machine to machine, count leap seconds, or are of ICU alone. */
static const char *const barred_names[] = {"localtime", "posixrules", "Factory"};
static const char *const barred_folders[] = {"posix/", "right/", "SystemV/"};

static bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

static bool is_name_letter(char c) {
  return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || memchr("_-+", c, 3);
}

static bool is_one_of(struct sla_text name, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (text_is(name, list[i]))
      return true;
  return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool is_abbreviation(struct sla_text name) {
  return name.len == 3 && is_capital(name.ptr[0]) && is_capital(name.ptr[1]) && is_capital(name.ptr[2]) &&
         !is_one_of(name, iana_capitals, COUNT(iana_capitals));
}

bool zone_name_is_plain(struct sla_text name) {
  if (name.len == 0 || name.len > ZONE_NAME_MOST || is_abbreviation(name) ||
      is_one_of(name, barred_names, COUNT(barred_names)))
    return false;
  for (size_t i = 0; i < COUNT(barred_folders); i++)
    if (text_starts(name, barred_folders[i]))
      return false;
  char before = '/'; /* a slash stands only between other letters */
  for (size_t i = 0; i < name.len; before = name.ptr[i++])
    if (!is_name_letter(name.ptr[i]) && !(name.ptr[i] == '/' && before != '/'))
      return false;
  return before != '/';
}

bool zone_name_is_inverted(struct sla_text name) {
  int64_t hours;
  return text_eat_string(&name, "Etc/GMT") && (text_eat(&name, '+') || text_eat(&name, '-')) &&
         text_number(name, 99, &hours) && hours > 0;
}

/* --- what the system has ------------------------------------------------------------------------------------------ */

bool zone_is_folder(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *zone_system_folder(void) {
  const char *folder = getenv("TZDIR");
  if (!folder || !*folder)
    folder = "/usr/share/zoneinfo";
  return zone_is_folder(folder) ? folder : NULL;
}

/* The whole of a file in the folder; empty where it cannot be read. */
static struct sla_text folder_read(struct arena *arena, const char *folder, const char *file) {
  struct sla_text text;
  const char *problem;
  if (file_read(arena, arena_printf(arena, "%s/%s", folder, file), TZDATA_LIMIT, &text, &problem) != FILE_READ)
    return (struct sla_text){"", 0};
  return text;
}

/* Takes the next line of a text; false at its end. */
static bool line_eat(struct sla_text *text, struct sla_text *ret_line) {
  if (text->len == 0)
    return false;
  const char *end = memchr(text->ptr, '\n', text->len);
  size_t len = end ? (size_t)(end - text->ptr) : text->len, taken = end ? len + 1 : len;
  *ret_line = (struct sla_text){text->ptr, len};
  text->ptr += taken;
  text->len -= taken;
  return true;
}

/* Takes the next word of a line, up to a blank. */
static struct sla_text word_eat(struct sla_text *line) {
  text_eat_blanks(line);
  struct sla_text word = {line->ptr, 0};
  while (word.len < line->len && line->ptr[word.len] != ' ' && line->ptr[word.len] != '\t')
    word.len++;
  line->ptr += word.len;
  line->len -= word.len;
  return word;
}

/* Takes the next "Z NAME ..." or "L TARGET NAME" of tzdata.zi, zic's short form; *ret_target is empty for the first. */
static bool zone_line_eat(struct sla_text *tzdata, struct sla_text *ret_name, struct sla_text *ret_target) {
  struct sla_text line;
  while (line_eat(tzdata, &line)) {
    bool is_link = text_starts(line, "L ");
    if (!is_link && !text_starts(line, "Z "))
      continue;
    word_eat(&line);
    *ret_target = is_link ? word_eat(&line) : (struct sla_text){"", 0};
    *ret_name = word_eat(&line);
    return true;
  }
  return false;
}

const char *zone_link_target(struct arena *arena, const char *folder, struct sla_text name) {
  struct sla_text tzdata = folder_read(arena, folder, "tzdata.zi"), candidate, target;
  while (zone_line_eat(&tzdata, &candidate, &target))
    if (target.len && text_equal(candidate, name))
      return arena_copy(arena, target.ptr, target.len);
  return NULL;
}

static void names_add(struct arena *arena, struct names *names, struct sla_text name) {
  if (names->count < NAMES_MOST && zone_name_is_plain(name))
    *ARENA_PUSH(arena, names) = arena_copy(arena, name.ptr, name.len);
}

/* --- what was meant ----------------------------------------------------------------------------------------------- */

static void folder_close(void *data) {
  DIR **folder = data;
  if (*folder)
    closedir(*folder);
  *folder = NULL;
}

/* Adds the names of the files in a folder and the folders in it; prefix is "" or ends in a slash. */
static void folder_walk(struct arena *arena, const char *root, const char *prefix, int deep, struct names *names) {
  DIR **folder = arena_alloc(arena, sizeof(DIR *));
  arena_defer(arena, folder_close, folder);
  *folder = opendir(arena_printf(arena, "%s/%s", root, prefix));
  const struct dirent *entry;
  while (*folder && names->count < NAMES_MOST && (entry = readdir(*folder))) {
    const char *name = arena_printf(arena, "%s%s", prefix, entry->d_name);
    if (!zone_name_is_plain(text_of(name)))
      continue;
    if (!zone_is_folder(arena_printf(arena, "%s/%s", root, name)))
      names_add(arena, names, text_of(name));
    else if (deep > 1)
      folder_walk(arena, root, arena_printf(arena, "%s/", name), deep - 1, names);
  }
  folder_close(folder);
}

static int names_compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All names that could be found: zones before aliases where tzdata.zi says which is which. */
static struct names names_list(struct arena *arena, enum sla_tzdata tzdata) {
  struct names names = {0};
  const char *folder = tzdata == SLA_TZDATA_ICU ? NULL : zone_system_folder();
  if (!folder) {
    size_t count;
    const char *const *known = zone_icu_names(arena, &count);
    for (size_t i = 0; i < count; i++)
      names_add(arena, &names, text_of(known[i]));
    return names;
  }
  struct sla_text text = folder_read(arena, folder, "tzdata.zi"), name, target;
  while (zone_line_eat(&text, &name, &target))
    names_add(arena, &names, name);
  if (names.count == 0) {
    folder_walk(arena, folder, "", FOLDERS_DEEP, &names);
    if (names.count)
      qsort(names.items, names.count, sizeof *names.items, names_compare);
  }
  return names;
}

/* What people write for zones though it means several; the zone is the likeliest. */
static const struct {
  const char *name, *zone;
} abbreviations[] = {
    {"ACDT", "Australia/Adelaide"}, {"ACST", "Australia/Darwin"},    {"AEDT", "Australia/Sydney"},
    {"AEST", "Australia/Brisbane"}, {"AKST", "America/Anchorage"},   {"AST", "America/Halifax"},
    {"AWST", "Australia/Perth"},    {"BRT", "America/Sao_Paulo"},    {"BST", "Europe/London"},
    {"CAT", "Africa/Maputo"},       {"CDT", "America/Chicago"},      {"CEST", "Europe/Berlin"},
    {"CST", "America/Chicago"},     {"CT", "America/Chicago"},       {"Central", "America/Chicago"},
    {"EAT", "Africa/Nairobi"},      {"EDT", "America/New_York"},     {"EEST", "Europe/Kyiv"},
    {"ET", "America/New_York"},     {"Eastern", "America/New_York"}, {"GST", "Asia/Dubai"},
    {"HKT", "Asia/Hong_Kong"},      {"ICT", "Asia/Bangkok"},         {"IDT", "Asia/Jerusalem"},
    {"IST", "Asia/Kolkata"},        {"JST", "Asia/Tokyo"},           {"KST", "Asia/Seoul"},
    {"MDT", "America/Denver"},      {"MSK", "Europe/Moscow"},        {"MT", "America/Denver"},
    {"Mountain", "America/Denver"}, {"NST", "America/St_Johns"},     {"NZDT", "Pacific/Auckland"},
    {"NZST", "Pacific/Auckland"},   {"PDT", "America/Los_Angeles"},  {"PKT", "Asia/Karachi"},
    {"PST", "America/Los_Angeles"}, {"PT", "America/Los_Angeles"},   {"SAST", "Africa/Johannesburg"},
    {"SGT", "Asia/Singapore"},      {"TRT", "Europe/Istanbul"},      {"WAT", "Africa/Lagos"},
    {"WEST", "Europe/Lisbon"},      {"WIB", "Asia/Jakarta"},
};

static const char *abbreviation_zone(struct sla_text name) {
  for (size_t i = 0; i < COUNT(abbreviations); i++)
    if (text_is_nocase(name, abbreviations[i].name))
      return abbreviations[i].zone;
  return NULL;
}

/* The same without blanks, in capitals, and with a plain minus for U+2212. */
static const char *offset_tidied(struct arena *arena, struct sla_text name) {
  char *tidy = arena_alloc(arena, name.len + 1), *end = tidy;
  while (name.len)
    if (text_eat_string(&name, "\xE2\x88\x92"))
      *end++ = '-';
    else if (!text_eat_blanks(&name)) {
      char c = *name.ptr++;
      name.len--;
      *end++ = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
  int32_t offset;
  return zone_offset_read(text_of(tidy), &offset) ? tidy : NULL;
}

static const char *tail_of(const char *name) {
  const char *slash = strrchr(name, '/');
  return slash ? slash + 1 : name;
}

/* The name that equals a word but for the case of letters; whole names, or what stands behind the last slash. */
static const char *names_find(const struct names *names, const char *word, bool tails) {
  for (size_t i = 0; i < names->count; i++)
    if (text_is_nocase(text_of(word), tails ? tail_of(names->items[i]) : names->items[i]))
      return names->items[i];
  return NULL;
}

static const char *tail_nearest(struct arena *arena, const struct names *names, const char *word) {
  const char **tails = arena_array(arena, names->count, sizeof *tails);
  for (size_t i = 0; i < names->count; i++)
    tails[i] = tail_of(names->items[i]);
  const char *nearest = text_nearest(text_of(word), tails, names->count);
  for (size_t i = 0; nearest && i < names->count; i++)
    if (tails[i] == nearest)
      return names->items[i];
  return NULL;
}

/* "America/New York" and " posix/America/New_York" without what is in the way. */
static const char *name_tidied(struct arena *arena, struct sla_text name) {
  name = text_trim(name);
  for (size_t i = 0; i < COUNT(barred_folders); i++)
    text_eat_string(&name, barred_folders[i]);
  char *tidy = arena_copy(arena, name.ptr, name.len);
  for (size_t i = 0; i < name.len; i++)
    if (tidy[i] == ' ')
      tidy[i] = '_';
  return tidy;
}

static const char *names_guess(struct arena *arena, enum sla_tzdata tzdata, const char *word) {
  struct names names = names_list(arena, tzdata);
  const char *tail = tail_of(word), *found = names_find(&names, word, false);
  if (!found && *tail)
    found = names_find(&names, tail, true);
  if (!found && tail != word)
    found = text_nearest(text_of(word), names.items, names.count);
  return found ? found : tail_nearest(arena, &names, tail);
}

/* Whether a name is a folder of zones, as "America". */
static bool is_region(struct arena *arena, enum sla_tzdata tzdata, struct sla_text name) {
  const char *folder = tzdata == SLA_TZDATA_ICU ? NULL : zone_system_folder();
  return folder && zone_name_is_plain(name) && zone_is_folder(arena_printf(arena, "%s/%.*s", folder, TEXT_ARGS(name)));
}

/* An offset with its sign, of its own or behind UTC or GMT. */
static bool is_like_offset(struct sla_text name) {
  if (!text_eat_string(&name, "UTC"))
    text_eat_string(&name, "GMT");
  return name.len > 1 && memchr("+-", name.ptr[0], 2) && name.ptr[1] >= '0' && name.ptr[1] <= '9';
}

const char *zone_hint(struct arena *arena, enum sla_tzdata tzdata, struct sla_text name) {
  const char *guess = offset_tidied(arena, name);
  if (guess)
    return arena_printf(arena, ": did you mean \"%s\"?", guess);
  if (is_like_offset(name))
    return ": an offset is written like \"+04:00\" or \"UTC+4\", up to 18 hours";
  if ((guess = abbreviation_zone(name)))
    return arena_printf(arena, ": that means several zones, did you mean \"%s\"?", guess);
  if (is_abbreviation(name))
    return ": it is no zone, name a place as in \"Europe/Kyiv\"";
  if (is_one_of(name, barred_names, COUNT(barred_names)))
    return ": it differs from machine to machine, name a place as in \"Europe/Kyiv\"";
  if (is_region(arena, tzdata, name))
    return ": it is a region, name a place in it as in \"Europe/Kyiv\"";
  if (name.len > ZONE_NAME_MOST)
    return "";
  guess = zone_of_windows(arena, name);
  if (!guess)
    guess = names_guess(arena, tzdata, name_tidied(arena, name));
  if (!guess && tzdata != SLA_TZDATA_SYSTEM && !icu_is_installed())
    return arena_printf(arena, ": %s, which may have its rules, is not installed", icu_name);
  return guess ? arena_printf(arena, ": did you mean \"%s\"?", guess) : "";
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

enum { VERSION_ROOM = sizeof((struct sla_tzdata_versions *)NULL)->text / 2 };

static const char unknown_version[] = "unknown"; /* sorts behind every year */

/* Copies a version ("2026f"); false where the word does not begin with a year. */
static bool version_copy(struct sla_text word, char ret_version[VERSION_ROOM]) {
  struct sla_text rest = word;
  int year;
  if (!text_eat_digits(&rest, 4, &year) || word.len >= VERSION_ROOM)
    return false;
  memcpy(ret_version, word.ptr, word.len);
  ret_version[word.len] = '\0';
  return true;
}

/*
 * Version of the system's files: "# version 2026f" heads tzdata.zi, and some systems have a file +VERSION instead.
 * "unknown" where the files are there without either; false where there are none.
 */
static bool version_read(struct arena *arena, char ret_version[VERSION_ROOM]) {
  const char *folder = zone_system_folder();
  if (!folder)
    return false;
  struct sla_text text = folder_read(arena, folder, "tzdata.zi"), line = {"", 0};
  line_eat(&text, &line);
  if (text_eat_string(&line, "# version ") && version_copy(word_eat(&line), ret_version))
    return true;
  text = folder_read(arena, folder, "+VERSION");
  line_eat(&text, &line);
  if (version_copy(word_eat(&line), ret_version))
    return true;
  snprintf(ret_version, VERSION_ROOM, "%s", unknown_version);
  return access(arena_printf(arena, "%s/Etc/UTC", folder), F_OK) == 0;
}

struct version_reading {
  struct arena *arena;
  char *version;
  bool found;
};

static void version_work(void *data) {
  struct version_reading *reading = data;
  reading->found = version_read(reading->arena, reading->version);
}

/* Letters follow the year, and after "z" comes "za": the order of texts is that of time. */
static bool version_is_older(const char *version, const char *than) {
  return version && than && strcmp(than, unknown_version) != 0 && strcmp(version, than) < 0;
}

void zone_versions(enum sla_tzdata tzdata, struct sla_tzdata_versions *ret_versions) {
  *ret_versions = (struct sla_tzdata_versions){0};
  char *system = ret_versions->text, *icu = system + VERSION_ROOM;
  struct arena arena;
  arena_init(&arena, 0);
  struct version_reading reading = {.arena = &arena, .version = system};
  /* Reading needs memory for a moment; without it the version is as good as not there. */
  if (arena_try(&arena, version_work, &reading) && reading.found)
    ret_versions->system = system;
  arena_release(&arena);
  const char *version = zone_icu_version();
  if (version && version_copy(text_of(version), icu))
    ret_versions->icu = icu;

  bool use_icu = tzdata == SLA_TZDATA_ICU || (tzdata == SLA_TZDATA_AUTO && !ret_versions->system);
  const char *other = use_icu ? ret_versions->system : ret_versions->icu;
  ret_versions->in_use = use_icu ? ret_versions->icu : ret_versions->system;
  ret_versions->source = use_icu ? "icu" : "system";
  ret_versions->in_use_is_older = version_is_older(ret_versions->in_use, other);
}
