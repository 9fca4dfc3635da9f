/* Graphs as boxes and lines. */
#include "tui_help.h"

#include "boxgraph.h"

static void diamond(struct boxgraph *g)
{
	int t, s, o, r;

	boxgraph_init(g);
	t = boxgraph_node(g, "thanos", STYLE_NORMAL, 1);
	s = boxgraph_node(g, "storage", STYLE_NORMAL, 2);
	o = boxgraph_node(g, "…/otelgrpc", STYLE_NORMAL, 3);
	r = boxgraph_node(g, "grpc v1.63.2", STYLE_STRONG, 4);
	boxgraph_edge(g, (unsigned)t, (unsigned)s, "v1.35.1", STYLE_GO);
	boxgraph_edge(g, (unsigned)t, (unsigned)o, "v0.51.0", STYLE_GO);
	boxgraph_edge(g, (unsigned)s, (unsigned)r, "v1.59.0", STYLE_GO);
	boxgraph_edge(g, (unsigned)o, (unsigned)r, "v1.63.2", STYLE_GO);
	boxgraph_layout(g);
}

static void picture(struct boxgraph *g, bool ascii, struct buf *out)
{
	struct grid sheet;

	grid_init(&sheet);
	sheet.ascii = ascii;
	grid_resize(&sheet, g->canvas.w, g->canvas.h);
	boxgraph_draw(g, area_of(&sheet));
	grid_dump(&sheet, out);
	grid_release(&sheet);
}

static void draws(void **state)
{
	struct boxgraph g;
	struct buf b = BUF_INIT;

	(void)state;
	diamond(&g);
	picture(&g, true, &b);
	assert_string_equal(b.data, "            +---------+\n"
				    "            | thanos  |\n"
				    "            +---+-----+\n"
				    "       +--------+----------+\n"
				    "       | v1.35.1           | v0.51.0\n"
				    "+------v------+     +------v------+\n"
				    "|   storage   |     | */otelgrpc  |\n"
				    "+----+--------+     +-----+-------+\n"
				    "     |           +--------+\n"
				    "     | v1.59.0   | v1.63.2\n"
				    "    +v-----------v------------+\n"
				    "    |      grpc v1.63.2       |\n"
				    "    +-------------------------+\n");
	buf_release(&b);
	boxgraph_release(&g);
}

static void moves(void **state)
{
	struct boxgraph g;
	struct grid grid;
	struct area a = sheet(&grid, 20, 8);
	bool activated;

	(void)state;
	diamond(&g);
	boxgraph_draw(&g, a);
	boxgraph_move(&g, BOXGRAPH_UP);
	assert_int_equal(g.cursor, 0);
	boxgraph_move(&g, BOXGRAPH_DOWN);
	assert_int_equal(g.nodes.items[g.cursor].layer, 1);
	boxgraph_move(&g, BOXGRAPH_LEFT);
	assert_int_equal(g.cursor, 1);
	boxgraph_move(&g, BOXGRAPH_RIGHT);
	assert_int_equal(g.cursor, 2);
	boxgraph_move(&g, BOXGRAPH_RIGHT);
	assert_int_equal(g.cursor, 2);
	boxgraph_move(&g, BOXGRAPH_DOWN);
	assert_int_equal(g.cursor, 3);
	/* the picture is larger than the area, and scrolls to the box */
	assert_true(g.scroll_y + 8 >= g.nodes.items[3].y + 3);
	boxgraph_draw(&g, a);
	boxgraph_move(&g, BOXGRAPH_FIRST);
	boxgraph_draw(&g, a);
	struct event ev = { .type = EV_MOUSE,
			    .mouse = MOUSE_DOUBLE,
			    .button = 1,
			    .x = g.nodes.items[1].x + g.nodes.items[1].w - 3 - g.scroll_x,
			    .y = g.nodes.items[1].y + 1 - g.scroll_y };

	assert_true(boxgraph_event(&g, &ev, &activated));
	assert_true(activated);
	assert_int_equal(g.cursor, 1);
	boxgraph_release(&g);
	grid_release(&grid);
}

static size_t occurrences(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *s = text; (s = strstr(s, word)); s++)
		n++;
	return n;
}

/* For any graph, boxes do not overlap, every label appears once, and every edge ends in an arrow. */
static void random_graphs(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct boxgraph g;
		struct buf b = BUF_INIT;
		unsigned n = 1 + (unsigned)round % 14;
		size_t ends = 0;
		bool used[16][16] = { { false } };

		boxgraph_init(&g);
		for (unsigned i = 0; i < n; i++) {
			char name[16];

			snprintf(name, sizeof(name), "<N%u>", i);
			boxgraph_node(&g, name, STYLE_NORMAL, i);
		}
		for (unsigned i = 0; i < 2 * n; i++) {
			char name[16];
			unsigned from, to;

			x = x * 1664525 + 1013904223;
			from = (x >> 8) % n;
			to = (x >> 16) % n;
			snprintf(name, sizeof(name), "e%ue", i);
			if (!used[from][to] && boxgraph_edge(&g, from, to, name, STYLE_GO))
				used[from][to] = true;
		}
		boxgraph_layout(&g);
		picture(&g, false, &b);
		for (unsigned i = 0; i < n; i++) {
			const struct boxgraph_node *p = &g.nodes.items[i];

			assert_int_equal(occurrences(b.data, p->label), 1);
			for (unsigned k = 0; k < i; k++) {
				const struct boxgraph_node *q = &g.nodes.items[k];

				assert_true(p->layer != q->layer || p->x + p->w <= q->x ||
					    q->x + q->w <= p->x);
			}
		}
		for (size_t i = 0; i < g.edges.n; i++) {
			assert_int_equal(occurrences(b.data, g.edges.items[i].label), 1);
			ends += !g.edges.items[i].back;
			if (!g.edges.items[i].back)
				assert_true(g.nodes.items[g.edges.items[i].from].layer <
					    g.nodes.items[g.edges.items[i].to].layer);
		}
		assert_int_equal(occurrences(b.data, "▼"), ends);
		buf_release(&b);
		boxgraph_release(&g);
	}
}

static void caps(void **state)
{
	struct boxgraph g;
	struct grid grid;

	(void)state;
	boxgraph_init(&g);
	boxgraph_layout(&g);
	boxgraph_draw(&g, sheet(&grid, 80, 24));
	for (int i = 0; i < BOXGRAPH_NODES; i++)
		assert_int_equal(boxgraph_node(&g, "\x1b[31mlong\n", STYLE_NORMAL, 0), i);
	assert_int_equal(boxgraph_node(&g, "one more", STYLE_NORMAL, 0), -1);
	assert_false(boxgraph_edge(&g, 0, 0, "self", STYLE_NORMAL));
	assert_false(boxgraph_edge(&g, 0, 5000, "far", STYLE_NORMAL));
	/* the worst case: one long chain, and an edge from the first node to each */
	for (unsigned i = 1; i < BOXGRAPH_NODES; i++) {
		boxgraph_edge(&g, i - 1, i, "v1", STYLE_NORMAL);
		boxgraph_edge(&g, 0, i, "v2", STYLE_NORMAL);
	}
	boxgraph_layout(&g);
	boxgraph_draw(&g, area_of(&grid));
	boxgraph_release(&g);
	grid_release(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws),
		cmocka_unit_test(moves),
		cmocka_unit_test(random_graphs),
		cmocka_unit_test(caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
