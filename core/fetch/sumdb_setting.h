/*
 * sumdb_setting.h - GOSUMDB, GONOSUMDB: which checksum database is asked, with which key, and about what.
 *
 * Follows cmd/go/internal/modfetch/sumdb.go, with its words. Pure; any thread.
 */
#ifndef MODSCOPE_SUMDB_SETTING_H
#define MODSCOPE_SUMDB_SETTING_H

#include "fetch/note.h"

struct goenv;

/* useSumDB: whether a hash that go.sum lacks is to be checked. */
bool sumdb_setting_wants(const struct goenv *env, const char *module);
/* The database's key, and its address: NULL if none is given; free(3). ERR_REFUSED ("off"), ERR_SYNTAX. */
bool sumdb_setting_read(const char *setting, struct note_verifier *key, char **url, struct err *e);
/* The key of the database `name`: GOSUMDB's if that names it, else the one that is built in; false if there is none. */
bool sumdb_setting_key_of(const char *gosumdb, const char *name, struct note_verifier *key);

#endif
