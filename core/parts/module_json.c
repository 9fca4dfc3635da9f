#include "parts/module_json.h"

static void set_strings(json_t *row, const char *key, const char *const *list, size_t n)
{
	json_t *a;

	if (!n)
		return;
	a = jsonout_set_rows(row, key);
	for (size_t i = 0; i < n; i++)
		jsonout_add_str(a, list[i]);
}

void module_json_set(json_t *row, const struct modinfo *m)
{
	json_t *child;

	jsonout_set_text(row, "Path", m->path);
	jsonout_set_text(row, "Version", m->version);
	jsonout_set_text(row, "Query", m->query);
	set_strings(row, "Versions", m->versions, m->n_versions);
	if (m->replace) {
		child = json_object();
		module_json_set(child, m->replace);
		json_object_set_new(row, "Replace", child);
	}
	jsonout_set_text(row, "Time", m->time);
	if (m->update) {
		child = json_object();
		module_json_set(child, m->update);
		json_object_set_new(row, "Update", child);
	}
	jsonout_set_bool(row, "Main", m->main);
	jsonout_set_bool(row, "Indirect", m->indirect);
	jsonout_set_text(row, "Dir", m->dir);
	jsonout_set_text(row, "GoMod", m->gomod);
	jsonout_set_text(row, "GoVersion", m->go_version);
	set_strings(row, "Retracted", m->retracted, m->n_retracted);
	jsonout_set_text(row, "Deprecated", m->deprecated);
	if (*m->error) {
		child = json_object();
		jsonout_set_str(child, "Err", m->error);
		json_object_set_new(row, "Error", child);
	}
	jsonout_set_text(row, "Sum", m->sum);
	jsonout_set_text(row, "GoModSum", m->gomod_sum);
}
