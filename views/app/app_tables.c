#include "app/app_private.h"
#include "commands/report.h"

void app_tables_json(json_t *doc)
{
	json_t *views = report_set_rows(doc, "views"), *layers = report_set_rows(doc, "layers"),
	       *row;
	struct keymap km;

	for (size_t i = 0; view_table[i]; i++) {
		row = report_add_row(views);
		report_set_str(row, "Name", view_table[i]->name);
		report_set_str(row, "Title", view_table[i]->title);
		report_set_str(row, "Help", view_table[i]->help);
	}
	keymap_init(&km);
	app_add_layers(&km);
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

void app_default_keys(struct buf *out)
{
	struct keymap km;

	keymap_init(&km);
	app_add_layers(&km);
	keymap_write(&km, out);
	keymap_release(&km);
}
