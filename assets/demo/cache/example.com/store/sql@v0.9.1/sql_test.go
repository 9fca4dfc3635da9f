package sql

import (
	"testing"

	_ "example.com/testkit"
)

func TestOpen(t *testing.T) { Open("") }
