#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

/*
 * RTLD_NODELETE: a library stays loaded, since some keep data of threads whose release is their own code. What is
 * closed here is only the count of those who opened it.
 */
bool library_load(const char *const *files, const char *const *names, size_t count, void *table) {
  void *library = NULL;
  for (; *files && !library; files++)
    library = dlopen(*files, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library)
    return false;
  bool is_whole = true;
  for (size_t i = 0; i < count && is_whole; i++) {
    void *function = dlsym(library, names[i]);
    memcpy((char *)table + i * sizeof function, &function, sizeof function);
    is_whole = function != NULL;
  }
  dlclose(library);
  return is_whole;
}
