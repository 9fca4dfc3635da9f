#include "commands/tables.h"

#include "app/shell.h"
#include "base/finding.h"
#include "commands/help.h"
#include "texts/finding_kinds.h"
#include "texts/words.h"

static void dump_flags(json_t *object, const char *key, const struct cli_flag *f)
{
	json_t *rows = report_set_rows(object, key), *row;

	for (; f && f->name; f++) {
		if (!f->help)
			continue;
		row = report_add_row(rows);
		report_set_str(row, "Name", f->name);
		report_set_str(row, "Arg", f->arg);
		report_set_str(row, "Help", f->help);
	}
}

static void dump_commands(json_t *doc, const struct cli_command *const *all)
{
	json_t *rows = report_set_rows(doc, "commands"), *row;

	for (size_t i = 0; all[i]; i++) {
		const struct cli_command *cmd = all[i];

		row = report_add_row(rows);
		report_set_str(row, "Name", cmd->name);
		report_set_str(row, "Args", cmd->args);
		report_set_str(row, "Summary", cmd->summary);
		report_set_str(row, "SameAs", cmd->same_as);
		report_set_str(row, "Help", cmd->help);
		report_set_str(row, "Complete", cmd->complete);
		dump_flags(row, "flags", cmd->flags);
	}
}

static void dump_views(json_t *doc, const struct view_ops *const *all)
{
	json_t *views = report_set_rows(doc, "views"), *layers = report_set_rows(doc, "layers"),
	       *row;
	struct keymap km;

	for (size_t i = 0; all[i]; i++) {
		row = report_add_row(views);
		report_set_str(row, "Name", all[i]->name);
		report_set_str(row, "Title", all[i]->title);
		report_set_str(row, "Help", all[i]->help);
	}
	keymap_init(&km);
	shell_add_layers(&km, all);
	for (size_t i = 0; i < km.layers.n; i++) {
		const struct keymap_layer *l = &km.layers.items[i];
		json_t *actions;

		row = report_add_row(layers);
		report_set_str(row, "Name", l->name);
		actions = report_set_rows(row, "actions");
		for (const struct action *a = l->actions; a->id; a++) {
			struct buf keys = BUF_INIT;

			if (a->flags & ACTION_NO_HELP)
				continue;
			keymap_keys(l, a, &keys);
			row = report_add_row(actions);
			report_set_str(row, "Id", a->id);
			report_set_str(row, "Keys", keys.data);
			report_set_str(row, "Help", a->help);
			buf_release(&keys);
		}
	}
	keymap_release(&km);
}

static void dump_findings(json_t *doc)
{
	json_t *rows = report_set_rows(doc, "findings"), *row;
	char id[80];

	for (const struct finding_kind *k = finding_kinds; k->kind; k++) {
		finding_id(k->kind, id, sizeof(id));
		row = report_add_row(rows);
		report_set_str(row, "Id", id);
		report_set_str(row, "What", k->what);
		report_set_str(row, "Why", k->why);
		report_set_str(row, "Remedy", k->remedy);
	}
}

static void dump_words(json_t *doc)
{
	json_t *rows = report_set_rows(doc, "words"), *row;

	for (const struct word *w = words_all; w->word; w++) {
		row = report_add_row(rows);
		report_set_str(row, "Word", w->word);
		report_set_str(row, "Meaning", w->meaning);
	}
}

void tables_json(struct report *r, const struct cli_command *const *commands,
		 const struct view_ops *const *views)
{
	json_t *doc = report_doc("tables");

	report_set_str(doc, "Version", PACKAGE_VERSION);
	report_set_str(doc, "Intro", help_intro);
	dump_flags(doc, "options", cli_options);
	dump_commands(doc, commands);
	dump_views(doc, views);
	dump_findings(doc);
	dump_words(doc);
	report_json(r, doc);
}

void tables_keys(struct report *r, const struct view_ops *const *views)
{
	struct buf b = BUF_INIT;
	struct keymap km;

	keymap_init(&km);
	shell_add_layers(&km, views);
	keymap_write(&km, &b);
	keymap_release(&km);
	report_raw(r, b.data, b.len);
	buf_release(&b);
}
