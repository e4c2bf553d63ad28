#include "time/icu.h"

#include <unicode/uversion.h>

/*
 * The version that the headers were of, and no other: ICU has its version in the names of its files and functions
 * (libicui18n.so.72, ucal_open_72), and promises nothing of the others. What the headers call ucal_open is a macro for
 * the latter, whose text is the name (see library.h). Functions of libicuuc are found by way of libicui18n, which needs
 * it.
 */
#define FILE_ELF "libicui18n.so." U_ICU_VERSION_SHORT
static const char *const files[] = {FILE_ELF, "libicui18n." U_ICU_VERSION_SHORT ".dylib", NULL};

const char icu_name[] = FILE_ELF " (ICU)";

bool icu_load(const char *const *names, size_t count, void *table) {
  return library_load(files, names, count, table);
}

bool icu_is_installed(void) {
  return library_load(files, NULL, 0, NULL);
}
