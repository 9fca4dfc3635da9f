#include "app/app_private.h"
#include "commands/report.h"

void app_add_layers(struct keymap *km, const struct view_ops *const *views)
{
	keymap_add(km, "global", app_actions);
	keymap_add(km, "detail", app_pane_actions);
	keymap_add(km, "list", list_actions);
	keymap_add(km, "tree", tree_actions);
	keymap_add(km, "pager", pager_actions);
	keymap_add(km, "draw", boxgraph_actions);
	for (size_t i = 0; views[i]; i++)
		if (views[i]->actions)
			keymap_add(km, views[i]->name, views[i]->actions);
}

void app_tables_json(json_t *doc, const struct view_ops *const *table)
{
	json_t *views = report_set_rows(doc, "views"), *layers = report_set_rows(doc, "layers"),
	       *row;
	struct keymap km;

	for (size_t i = 0; table[i]; i++) {
		row = report_add_row(views);
		report_set_str(row, "Name", table[i]->name);
		report_set_str(row, "Title", table[i]->title);
		report_set_str(row, "Help", table[i]->help);
	}
	keymap_init(&km);
	app_add_layers(&km, table);
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

void app_default_keys(struct buf *out, const struct view_ops *const *views)
{
	struct keymap km;

	keymap_init(&km);
	app_add_layers(&km, views);
	keymap_write(&km, out);
	keymap_release(&km);
}
