/* A letter means the same in every view, and no table has a key twice. */
#include "unit.h"

#include "app/keys.h"
#include "app/pane.h"
#include "keymap.h"
#include "list.h"
#include "pager.h"
#include "tree.h"
#include "screens/views.h"

/* What each letter means, as the ids of the actions that may have it. A view that needs another letter looks for its meaning
 * here. */
static const struct {
	char key;
	const char *ids;
} letters[] = {
	{ 'a', "all" },		   /* everything, not only the project's */
	{ 'b', "damaged direct" }, /* only the rows that matter */
	{ 'c', "copy-command" },
	{ 'd', "draw requirements difference" }, /* a drawing, or a difference */
	{ 'e', "export patch save" },		 /* into a file */
	{ 'f', "fold chains" },
	{ 'g', "top first" },
	{ 'h', "fold left" },
	{ 'i', "invert turn dependents" },
	{ 'j', "down" },
	{ 'k', "up" },
	{ 'l', "unfold right" },
	{ 'm', "majors" },
	{ 'n', "next next-match" },
	{ 'o', "edit" },
	{ 'p', "paths pick" }, /* between two picked rows */
	{ 'q', "leave leave-program" },
	{ 'r', "reload" },
	{ 's', "sort" },
	{ 't', "table tree graph" },
	{ 'u', "undo" },
	{ 'v', "verify release" },
	{ 'w', "what-if try add" },
	{ 'x', "explain" },
	{ 'y', "copy" },
	{ 'z', "middle" },
	{ 'A', "by-asked by-version" },
	{ 'B', "by-size" },
	{ 'C', "cooldown" },
	{ 'D', "by-depth" },
	{ 'E', "watch" }, /* every 30 s */
	{ 'F', "fetch" },
	{ 'G', "bottom last" },
	{ 'H', "pan-left" },
	{ 'I', "own" },
	{ 'K', "by-kind by-class" },
	{ 'L', "by-module by-requirer pan-right" },
	{ 'M', "mouse" },
	{ 'N', "previous previous-match" },
	{ 'O', "by-age" },
	{ 'P', "prune" },
	{ 'Q', "quit" },
	{ 'R', "repair" },
	{ 'S', "sort-reverse" },
	{ 'T', "theme" },
	{ 'U', "unmark-all clear" },
	{ 'V', "by-version verify-all" },
	{ 'W', "apply prefetch" },
	{ 'X', "trace" },
	{ 'Y', "copy-text" },
};

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(list, word); p; p = strstr(p + 1, word))
		if ((p == list || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return true;
	return false;
}

static bool is_meant(char key, const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].key == key)
			return has_word(letters[i].ids, id);
	return false;
}

static size_t check_layer(const char *layer, const struct action *table)
{
	size_t n = 0;

	for (const struct action *a = table; a && a->id; a++) {
		for (const char *p = a->keys; *p; p += strcspn(p, " "), p += *p == ' ') {
			if (strcspn(p, " ") != 1 || !((*p | 32) >= 'a' && (*p | 32) <= 'z'))
				continue;
			n++;
			if (!is_meant(*p, a->id))
				fail_msg("%s: %c is %s, but other views use it for something else",
					 layer, *p, a->id);
		}
	}
	return n;
}

static void one_letter_means_one_thing(void **state)
{
	size_t n = check_layer("global", keys_actions);

	(void)state;
	n += check_layer("list", list_actions) + check_layer("tree", tree_actions) +
	     check_layer("pager", pager_actions);
	for (size_t i = 0; views_all[i]; i++)
		n += check_layer(views_all[i]->name, views_all[i]->actions);
	assert_true(n > 50);
}

/* In each layer a key has one action, unless only one of several is enabled at a time. */
static void no_key_twice_in_a_table(void **state)
{
	(void)state;
	for (size_t i = 0; views_all[i]; i++)
		for (const struct action *a = views_all[i]->actions; a && a->id; a++)
			for (const struct action *b = a + 1; b->id; b++)
				if (str_eq(a->keys, b->keys) && a->keys[0])
					assert_true(a->enabled && b->enabled &&
						    a->enabled != b->enabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_letter_means_one_thing),
		cmocka_unit_test(no_key_twice_in_a_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
