/* Trees: nodes unfold lazily, survive reloads, and cycles end. */
#include "tui_help.h"

#include "tree.h"

/* A small graph: 0 -> 1 2 3, 1 -> 4 5, 2 -> 4, 4 -> 2 (a cycle), 3 and 5 are leaves; the root is 0. Node 9 has a million. */
static const uint64_t edges[][4] = {
	[0] = { 3, 1, 2, 3 }, [1] = { 2, 4, 5 }, [2] = { 1, 4 },
	[3] = { 0 },	      [4] = { 1, 2 },	 [5] = { 0 },
};

struct source {
	uint64_t root;
	uint64_t hidden;       /* a node that keep() hides; 0: none */
	uint64_t hidden_below; /* only below this parent; 0: everywhere */
	size_t asked;
};

static size_t children(void *ctx, uint64_t node)
{
	struct source *s = ctx;

	s->asked++;
	if (node == TREE_ROOT)
		return 1;
	if (node == 9)
		return 1000000;
	return node < ARRAY_LEN(edges) ? edges[node][0] : 0;
}

static uint64_t child(void *ctx, uint64_t node, size_t i)
{
	if (node == TREE_ROOT)
		return ((struct source *)ctx)->root;
	return node == 9 ? 100 + i : edges[node][i + 1];
}

static bool leaf(void *ctx, uint64_t node)
{
	(void)ctx;
	return node != 9 && (node >= ARRAY_LEN(edges) || edges[node][0] == 0);
}

static bool keep(void *ctx, uint64_t parent, uint64_t node)
{
	const struct source *s = ctx;

	return !s->hidden || node != s->hidden || (s->hidden_below && parent != s->hidden_below);
}

static void cell(void *ctx, const struct tree_place *at, unsigned column, struct line *out)
{
	(void)ctx;
	if (column == 0)
		line_addf(out, STYLE_NORMAL, "n%llu", (unsigned long long)at->node);
	else if (at->parent != TREE_ROOT)
		line_addf(out, STYLE_QUIET, "of %llu", (unsigned long long)at->parent);
}

static const struct tree_ops ops = {
	.children = children, .child = child, .leaf = leaf, .keep = keep, .cell = cell
};
static const struct list_column columns[] = {
	{ .id = "node", .title = "node", .min = 10, .flex = 1 },
	{ .id = "parent", .title = "parent", .min = 5 },
};

static void setup(struct tree *t, struct source *s, uint64_t root)
{
	memset(s, 0, sizeof(*s));
	s->root = root;
	tree_init(t, &ops, s, columns, ARRAY_LEN(columns));
	t->list.header = false;
	tree_refresh(t);
}

static void unfolds_and_draws(void **state)
{
	struct source s;
	struct tree t;
	struct grid g;
	struct area a = sheet(&g, 30, 12);

	(void)state;
	setup(&t, &s, 0);
	tree_draw(&t, a);
	assert_screen(&g, "  ▸ n0\n");
	tree_unfold(&t, 0);
	tree_unfold(&t, 1);
	tree_unfold(&t, 2);
	grid_clear(&g);
	tree_draw(&t, a);
	assert_screen(&g, "  ▾ n0\n"
			  "  ├ ▾ n1                 of 0\n"
			  "  │ ├ ▾ n4               of 1\n"
			  "  │ │ └ ▸ n2             of 4\n"
			  "  │ └   n5               of 1\n"
			  "  ├ ▸ n2                 of 0\n"
			  "  └   n3                 of 0\n");
	tree_fold(&t, 1);
	assert_int_equal(t.places.n, 4);
	/* what was open below a folded node is open again */
	tree_unfold(&t, 1);
	assert_int_equal(t.places.n, 7);
	tree_unfold(&t, 6);
	assert_int_equal(t.places.n, 7);
	tree_release(&t);
	grid_release(&g);
}

static void moves(void **state)
{
	struct source s;
	struct tree t;
	struct keymap km;
	struct keymap_scope sc = { &km };
	static const char *const keys[] = { "l", "l", "right", "right", "right" };

	(void)state;
	setup(&t, &s, 0);
	keymap_init(&km);
	keymap_add(&km, "tree", tree_actions);
	keymap_add(&km, "list", list_actions);
	keymap_scope_push(&sc, "tree", &t);
	keymap_scope_push(&sc, "list", &t.list);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct key k;

		key_parse(&k, keys[i], strlen(keys[i]));
		assert_true(keymap_press(&sc, k));
	}
	assert_int_equal(tree_at(&t)->node, 4);
	assert_true(tree_at(&t)->open);
	assert_int_equal(tree_at(&t)->parent, 1);
	assert_int_equal(tree_at(&t)->depth, 2);
	assert_true(tree_go_parent(&t));
	assert_int_equal(tree_at(&t)->node, 1);
	/* folding around the cursor moves it along */
	list_go(&t.list, 3);
	tree_fold(&t, 1);
	assert_int_equal(tree_at(&t)->node, 1);
	tree_fold_all(&t);
	assert_int_equal(t.places.n, 1);
	assert_int_equal(tree_at(&t)->node, 0);
	assert_false(tree_go_parent(&t));
	uint64_t there[] = { 0, 2, 4, 2, 4 }, nowhere[] = { 0, 3, 4 };

	assert_true(tree_go_path(&t, there, 5));
	assert_int_equal(tree_at(&t)->depth, 4);
	assert_false(tree_go_path(&t, nowhere, 3));
	keymap_release(&km);
	tree_release(&t);
}

static void survives_a_reload(void **state)
{
	struct source s;
	struct tree t;
	uint64_t there[] = { 0, 1, 4, 2 };

	(void)state;
	setup(&t, &s, 0);
	assert_true(tree_go_path(&t, there, 4));
	size_t n = t.places.n;

	tree_refresh(&t);
	assert_int_equal(t.places.n, n);
	assert_int_equal(tree_at(&t)->node, 2);
	assert_int_equal(tree_at(&t)->depth, 3);
	s.hidden = 5;
	tree_refresh(&t);
	assert_int_equal(t.places.n, n - 1);
	assert_int_equal(tree_at(&t)->node, 2);
	for (size_t i = 0; i < t.places.n; i++)
		if (t.places.items[i].node == 4)
			assert_true(t.places.items[i].last);
	s.hidden = 1; /* the path to the cursor is gone */
	tree_refresh(&t);
	assert_non_null(tree_at(&t));
	tree_release(&t);
}

/* A node may be hidden in one place and shown in another: only the shortest chain is shown. */
static void hides_below_one_parent(void **state)
{
	struct source s;
	struct tree t;
	static const uint64_t want[] = { 0, 1, 4, 5, 2, 3 };

	(void)state;
	setup(&t, &s, 0);
	s.hidden = 4;
	s.hidden_below = 2;
	assert_true(tree_unfold_below(&t, 0, 1, 1000, false));
	assert_int_equal(t.places.n, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(t.places.items[i].node, want[i]);
	tree_release(&t);
}

static void unfolding_all_ends(void **state)
{
	struct source s;
	struct tree t;

	(void)state;
	setup(&t, &s, 0);
	assert_true(tree_unfold_below(&t, 0, 50, 1000, true));
	/* 0; 1: 4, 5; 4: 2; 2 (below 4) was met first there: 4 again, folded */
	assert_int_equal(t.places.n, 8);
	tree_fold_all(&t);
	assert_true(tree_unfold_below(&t, 0, 50, 1000, false));
	assert_int_equal(t.places.n, 10);
	for (size_t i = 0; i < t.places.n; i++)
		assert_true(t.places.items[i].depth < 5);
	tree_fold_all(&t);
	assert_false(tree_unfold_below(&t, 0, 50, 3, false));
	tree_release(&t);
}

static void unfolding_slowly(void **state)
{
	struct source s;
	struct tree t;

	(void)state;
	setup(&t, &s, 9);
	assert_false(tree_work(&t));
	tree_unfold_slowly(&t, 0, 50, 1000, true);
	assert_int_equal(t.places.n, 1); /* visible once it is complete */
	assert_true(tree_work(&t));
	while (tree_work(&t))
		;
	assert_int_equal(t.places.n, 1000001);
	tree_fold(&t, 0);
	tree_unfold_slowly(&t, 0, 50, 1000, true);
	tree_fold(&t, 0); /* any other change cancels it */
	assert_false(tree_work(&t));
	assert_int_equal(t.places.n, 1);
	tree_unfold_slowly(&t, 0, 50, 1000, true);
	tree_refresh(&t);
	assert_false(tree_work(&t));
	assert_int_equal(t.places.n, 1000001);
	tree_unfold_slowly(&t, 0, 50, 1000, true);
	tree_release(&t);
}

static void a_million_children(void **state)
{
	struct source s;
	struct tree t;
	struct grid g;
	struct area a = sheet(&g, 80, 24);

	(void)state;
	setup(&t, &s, 9);
	tree_unfold(&t, 0);
	assert_int_equal(t.places.n, 1000001);
	list_move(&t.list, LIST_BOTTOM);
	s.asked = 0;
	tree_draw(&t, a);
	assert_int_equal(s.asked, 0);
	assert_int_equal(tree_at(&t)->node, 100 + 999999);
	tree_fold(&t, 0);
	assert_int_equal(t.places.n, 1);
	tree_release(&t);
	grid_release(&g);
}

static void clicks(void **state)
{
	struct source s;
	struct tree t;
	struct grid g;
	struct area a = sheet(&g, 40, 10);
	struct event ev = { .type = EV_MOUSE, .mouse = MOUSE_PRESS, .button = 1, .x = 2, .y = 0 };

	(void)state;
	setup(&t, &s, 0);
	tree_draw(&t, a);
	assert_int_equal(tree_event(&t, &ev), LIST_HANDLED);
	assert_int_equal(t.places.n, 4);
	tree_draw(&t, a);
	ev.y = 1;
	ev.x = 4; /* the mark of n1, one level in */
	tree_event(&t, &ev);
	assert_int_equal(t.places.n, 6);
	ev.x = 10;
	tree_event(&t, &ev);
	assert_int_equal(t.places.n, 6);
	tree_release(&t);
	grid_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unfolds_and_draws),  cmocka_unit_test(moves),
		cmocka_unit_test(survives_a_reload),  cmocka_unit_test(hides_below_one_parent),
		cmocka_unit_test(unfolding_all_ends), cmocka_unit_test(unfolding_slowly),
		cmocka_unit_test(a_million_children), cmocka_unit_test(clicks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
