#include "base.h"

int main(void)
{
	puts("modscope");
	return 0;
}
