/* The order in which steps of several changes were done: undoing a step before a later one would leave the state that the later one
 * found. */
#include "change/apply_impl.h"

#include <sys/stat.h>

#include "base/fs.h"

#define MAX_JOURNAL ((size_t)64 << 20)
#define MAX_HISTORY ((size_t)100000)

/* A step of another change at or below a path. */
struct apply_other {
	const char *id, *boot;
	int64_t at;
	bool exact; /* at the path itself */
	struct apply_other *next;
};

const char *apply_boot(struct arena *a)
{
	char *id;
	size_t len;

	if (!fs_read(a, "/proc/sys/kernel/random/boot_id", 64, &id, &len, NULL))
		return "";
	id[strcspn(id, "\n")] = '\0';
	return id;
}

const char *apply_text_of(struct arena *a, json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return json_is_string(v) ? arena_strndup(a, json_string_value(v), json_string_length(v))
				 : "";
}

json_t *apply_read_journal(struct arena *a, const char *dir, struct err *e)
{
	const char *file = arena_fmt(a, "%s/journal", dir);
	json_t *lines, *line;
	char *data;
	size_t len;

	if (!fs_read(a, file, MAX_JOURNAL, &data, &len, e))
		return NULL;
	lines = json_array();
	for (char *s = data, *end; (end = strchr(s, '\n')); s = end + 1) {
		line = json_loadb(s, (size_t)(end - s), 0, NULL);
		if (!json_is_object(line)) {
			json_decref(line);
			break;
		}
		json_array_append_new(lines, line);
	}
	if (str_eq(apply_text_of(a, json_array_get(lines, 0), "schema"), APPLY_SCHEMA))
		return lines;
	json_decref(lines);
	err_set(e, ERR_SYNTAX, "%s: it is not a journal", file);
	return NULL;
}

/* A run that ended before its first line was written has changed nothing. */
bool apply_is_begun(struct arena *a, const char *dir, const struct err *why)
{
	struct stat st;

	return why->code != ERR_NOT_FOUND &&
	       (stat(arena_fmt(a, "%s/journal", dir), &st) || st.st_size > 0);
}

static void add_other(struct apply *t, const char *path, const struct apply_other *step)
{
	struct apply_other *o = arena_memdup(&t->arena, step, sizeof(*o));
	struct map_entry *e = map_entry(&t->others, path, strlen(path), NULL);

	o->next = e->value;
	e->value = o;
}

/* At its path and at all parents. */
static void add_step(struct apply *t, const char *path, struct apply_other step)
{
	step.exact = true;
	for (path = path_clean(&t->arena, path); path_under(path, t->root);
	     path = path_dir(&t->arena, path)) {
		add_other(t, path, &step);
		step.exact = false;
		if (str_eq(path, t->root))
			break;
	}
}

static bool is_back(json_t *lines, size_t step)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		const char *op = json_string_value(json_object_get(line, "op"));

		if (op && str_eq(op, "back") &&
		    (size_t)json_integer_value(json_object_get(line, "step")) == step)
			return true;
	}
	return false;
}

static void add_change(struct apply *t, const char *id, json_t *lines)
{
	struct arena *a = &t->arena;
	size_t n = json_array_size(lines), step = 0;
	struct apply_other o = { .id = arena_strdup(a, id),
				 .boot = apply_text_of(a, json_array_get(lines, 0), "boot") };

	if (str_eq(apply_text_of(a, json_array_get(lines, n - 1), "op"), "undone"))
		return;
	for (size_t i = 1; i < n; i++) {
		json_t *line = json_array_get(lines, i);
		const char *path = apply_text_of(a, line, "path");

		if (!*path)
			continue;
		o.at = (int64_t)json_integer_value(json_object_get(line, "at"));
		if (!is_back(lines, step++))
			add_step(t, path, o);
	}
}

/* Only the first reason is kept. */
static void note_unread(struct apply *t, const struct err *why)
{
	if (!*t->unread)
		t->unread = arena_strdup(&t->arena, why->text);
}

static void read_other(struct apply *t, struct arena *a, const char *dir, const char *id)
{
	struct err why = ERR_INIT;
	json_t *lines = apply_read_journal(a, dir, &why);

	if (lines)
		add_change(t, id, lines);
	else if (apply_is_begun(a, dir, &why))
		note_unread(t, &why);
	json_decref(lines);
	err_release(&why);
}

static void read_place(struct apply *t, struct arena *a, const char *place)
{
	struct err why = ERR_INIT;
	struct fs_dirent *entries;
	size_t n = 0;

	if (!fs_list(a, place, MAX_HISTORY, &entries, &n, &why)) {
		n = 0;
		if (why.code != ERR_NOT_FOUND)
			note_unread(t, &why);
	}
	for (size_t i = 0; i < n; i++)
		if (apply_is_id(entries[i].name) && !str_eq(entries[i].name, t->id))
			read_other(t, a, arena_fmt(a, "%s/%s", place, entries[i].name),
				   entries[i].name);
	err_release(&why);
}

void apply_read_others(struct apply *t, const char *own_cache)
{
	const char *places[2];

	apply_places(&t->arena, t->root, own_cache, places);
	for (size_t i = 0; i < ARRAY_LEN(places) && places[i]; i++) {
		struct arena a = ARENA_INIT;

		read_place(t, &a, places[i]);
		arena_release(&a);
	}
}

const char *apply_unread(const struct apply *t)
{
	return t->unread;
}

/* By the clock if both used the same one, else by id. */
static bool is_later(const struct apply *t, const struct apply_step *s, const struct apply_other *o)
{
	if (*o->boot && str_eq(o->boot, t->boot) && o->at && s->at)
		return o->at > s->at;
	return strcmp(o->id, t->id) > 0;
}

const char *apply_later(const struct apply *t, size_t i)
{
	const struct apply_step *s = &t->steps.items[i];
	const char *path, *found = "";
	struct arena a = ARENA_INIT;
	bool own = true;

	if (s->back || !t->others.n)
		return found;
	for (path = path_clean(&a, s->path); path_under(path, t->root) && !*found;
	     path = path_dir(&a, path), own = false) {
		for (const struct apply_other *o = map_get(&t->others, path); o && !*found;
		     o = o->next)
			if ((own || o->exact) && is_later(t, s, o))
				found = o->id;
		if (str_eq(path, t->root))
			break;
	}
	arena_release(&a);
	return found;
}
