/* library: functions of other libraries that are loaded when what they are for is asked for. */
#ifndef SLACLOCK_BASE_LIBRARY_H
#define SLACLOCK_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A list of functions is a macro, #define FUNCTIONS(X) X(one) X(other), which makes two things: the table, struct
 * {FUNCTIONS(LIBRARY_MEMBER)}, of pointers that are called as the functions are (table.one(...)), and their names in
 * the same order, {FUNCTIONS(LIBRARY_NAME)}. A name that is a macro itself counts as what it stands for.
 */
#define LIBRARY_MEMBER(function) __typeof__(&function) function;
#define LIBRARY_NAME(function)   LIBRARY_QUOTED(function),
#define LIBRARY_QUOTED(name)     #name

/*
 * Loads the first of these files that is found (NULL ends them), and fills the table; false where the library or one of
 * the functions is not there. Costs next to nothing once the library is loaded (0.1 us and as much for two functions),
 * so that nobody need keep tables in variables.
 */
bool library_load(const char *const *files, const char *const *names, size_t count, void *table);

#endif
