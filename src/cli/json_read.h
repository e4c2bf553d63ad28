/*
 * json_read: the values in use of a JSON object. Values are taken from the text itself: numbers are as they are
 * written, of any size. Objects that are as they mostly are, we judge by ourselves (see json_object.h). Where anything
 * is wrong or unusual, jansson says what, which is loaded only then.
 */
#ifndef SLACLOCK_CLI_JSON_READ_H
#define SLACLOCK_CLI_JSON_READ_H

#include "cli/json_object.h"
#include "cli/record.h"

#include <stdbool.h>

struct json_reader;

struct json_reader *json_reader_new(void);
void json_reader_free(struct json_reader *reader);

/* Has every object read for the value at a path; returns its field. Negative where it is no path: says why. */
long json_reader_bind(struct json_reader *reader, const char *path, const char **ret_problem);

/*
 * Another reader of the same fields, so that threads can read side by side; and what one has found out, passed on to
 * the first: which fields it has seen, and whether it is stuck.
 */
struct json_reader *json_reader_twin(const struct json_reader *reader);
void json_reader_pass_on(const struct json_reader *twin, struct json_reader *reader);

/* Whether any object so far had something, be it null, at a field's path. */
bool json_reader_has_seen(const struct json_reader *reader, long field);

/*
 * Reads an object from its raw text: sets fields, lists, count, problem and error. A value is the text of a string, a
 * number as it is written, "true" or "false"; null and what is absent are empty. Of a list every element is one, in
 * lists; fields has the first. false where jansson is needed and is not installed: nothing is known of the object.
 */
bool json_reader_read(struct json_reader *reader, struct record *record);

/* Whether that is why reading ended, and at which object. */
bool json_reader_is_stuck(const struct json_reader *reader, long *ret_line, long *ret_column);

/* The text of the object that was read last, on one line; valid until the next call. */
struct sla_text json_reader_line(struct json_reader *reader);

/* Whether the object that was read last has a member of a name. */
bool json_reader_has_member(const struct json_reader *reader, const char *name);

/* The object that was read last, for its members. */
struct json_object *json_reader_object(struct json_reader *reader);

/* What a member's value says: as in fields, that of an object or array being its JSON, on one line. Valid until the
 * next call.
 */
struct sla_text json_reader_text(struct json_reader *reader, struct json_node *member);

/* Room for pointers to members, as many as are asked for, all NULL. Valid until the next call. */
struct json_node **json_reader_cells(struct json_reader *reader, size_t count);

/* Whether text is one object that, beside an array of objects, holds nothing but scalars; see json_scan.h. */
bool json_reader_is_envelope(struct json_reader *reader, struct sla_text text);

#endif
