/*
 * sumdb_setting.h - GOSUMDB, GONOSUMDB: which checksum database to ask, with which key, about which modules.
 *
 * Follows cmd/go/internal/modfetch/sumdb.go, with its words. Pure; any thread.
 */
#ifndef MODSCOPE_SUMDB_SETTING_H
#define MODSCOPE_SUMDB_SETTING_H

#include "fetch/note.h"

struct goenv;

/* useSumDB: whether to check a hash that go.sum lacks. */
bool sumdb_setting_wants(const struct goenv *env, const char *module);
/* The database's key and its URL (free(3); NULL if the setting has none). ERR_REFUSED ("off"), ERR_SYNTAX. */
bool sumdb_setting_read(const char *setting, struct note_verifier *key, char **url, struct err *e);
/* The key of the database `name`: GOSUMDB's if it names that database, else the built-in one; false if there is none. */
bool sumdb_setting_key_of(const char *gosumdb, const char *name, struct note_verifier *key);

#endif
