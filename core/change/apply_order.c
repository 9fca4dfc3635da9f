/* The order in which steps of several changes were done: undoing a step before a later one would leave the state that the later one
 * found. */
#include "change/apply_impl.h"

#include <time.h>

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

void apply_read_others(struct apply *t, const char *own_cache)
{
	const char *dirs[2];

	apply_places(&t->arena, t->root, own_cache, dirs);
	for (size_t d = 0; d < ARRAY_LEN(dirs) && dirs[d]; d++) {
		struct arena a = ARENA_INIT;
		struct fs_dirent *entries;
		size_t n = 0;

		if (!fs_list(&a, dirs[d], MAX_HISTORY, &entries, &n, NULL))
			n = 0;
		for (size_t i = 0; i < n; i++) {
			const char *id = entries[i].name;
			json_t *lines = NULL;

			if (apply_is_id(id) && !str_eq(id, t->id))
				lines = apply_read_journal(&a, arena_fmt(&a, "%s/%s", dirs[d], id),
							   NULL);
			if (lines)
				add_change(t, id, lines);
			json_decref(lines);
		}
		arena_release(&a);
	}
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
