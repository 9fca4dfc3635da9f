// goapi_oracle DIR...: prints what each module's directory exports according to go/parser, in the format of goapi_dump. A file that
// go/parser rejects is named on stderr.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

type key struct{ pkg, name string }

type file struct {
	src     []byte
	fset    *token.FileSet
	tparams map[string]int
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_\"`'", c) >= 0 || c >= 0x80
}

// join concatenates tokens, with spaces between words.
func join(b *bytes.Buffer, s string) {
	if b.Len() > 0 && s != "" && wordByte(b.Bytes()[b.Len()-1]) && (wordByte(s[0]) || s[0] == '$') {
		b.WriteByte(' ')
	}
	b.WriteString(s)
}

func (f *file) text(n ast.Node) []byte {
	return f.src[f.fset.Position(n.Pos()).Offset:f.fset.Position(n.End()).Offset]
}

// tokens is the source of a node without comments and spaces.
func (f *file) tokens(n ast.Node, iota int) string {
	var b bytes.Buffer
	src := f.text(n)
	var s scanner.Scanner
	fs := token.NewFileSet()
	s.Init(fs.AddFile("", -1, len(src)), src, nil, 0)
	last := token.ILLEGAL
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF || tok == token.SEMICOLON && lit == "\n" {
			if tok == token.EOF {
				return b.String()
			}
			continue
		}
		if !tok.IsLiteral() {
			lit = tok.String()
		}
		if tok == token.IDENT && last != token.PERIOD {
			if k, ok := f.tparams[lit]; ok {
				lit = "$" + strconv.Itoa(k)
			} else if lit == "iota" && iota >= 0 {
				lit = strconv.Itoa(iota)
			}
		}
		join(&b, lit)
		last = tok
	}
}

func (f *file) list(l *ast.FieldList) (types []string) {
	if l == nil {
		return nil
	}
	for _, field := range l.List {
		t := f.typ(field.Type)
		for i := 0; i < max(1, len(field.Names)); i++ {
			types = append(types, t)
		}
	}
	return types
}

func (f *file) signature(t *ast.FuncType) string {
	s := "(" + strings.Join(f.list(t.Params), ", ") + ")"
	switch r := f.list(t.Results); len(r) {
	case 0:
		return s
	case 1:
		return s + " " + r[0]
	default:
		return s + " (" + strings.Join(r, ", ") + ")"
	}
}

func (f *file) members(l *ast.FieldList, isStruct bool, fn func(name *ast.Ident, decl string)) (rest []string) {
	for _, field := range l.List {
		tag := ""
		if field.Tag != nil {
			tag = " " + field.Tag.Value
		}
		t := ""
		if m, ok := field.Type.(*ast.FuncType); ok && !isStruct {
			t = f.signature(m)
		} else {
			t = f.typ(field.Type)
		}
		for _, n := range field.Names {
			decl := n.Name + t
			if isStruct {
				decl = n.Name + " " + t + tag
			}
			if fn != nil {
				fn(n, decl)
			} else {
				rest = append(rest, decl)
			}
		}
		if len(field.Names) == 0 {
			rest = append(rest, t+tag)
		}
	}
	return rest
}

func body(word string, rest []string) string {
	if len(rest) == 0 {
		return word + "{}"
	}
	return word + "{ " + strings.Join(rest, "; ") + " }"
}

func (f *file) typ(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if k, ok := f.tparams[e.Name]; ok {
			return "$" + strconv.Itoa(k)
		}
		return e.Name
	case *ast.SelectorExpr:
		return f.typ(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return "*" + f.typ(e.X)
	case *ast.ParenExpr:
		return f.typ(e.X)
	case *ast.ArrayType:
		if e.Len == nil {
			return "[]" + f.typ(e.Elt)
		}
		return "[" + f.tokens(e.Len, -1) + "]" + f.typ(e.Elt)
	case *ast.Ellipsis:
		return "..." + f.typ(e.Elt)
	case *ast.FuncType:
		return "func" + f.signature(e)
	case *ast.MapType:
		return "map[" + f.typ(e.Key) + "]" + f.typ(e.Value)
	case *ast.ChanType:
		switch e.Dir {
		case ast.SEND:
			return "chan<- " + f.typ(e.Value)
		case ast.RECV:
			return "<-chan " + f.typ(e.Value)
		}
		return "chan " + f.typ(e.Value)
	case *ast.StructType:
		return body("struct", f.members(e.Fields, true, nil))
	case *ast.InterfaceType:
		return body("interface", f.members(e.Methods, false, nil))
	case *ast.IndexExpr:
		return f.typ(e.X) + "[" + f.typ(e.Index) + "]"
	case *ast.IndexListExpr:
		var l []string
		for _, x := range e.Indices {
			l = append(l, f.typ(x))
		}
		return f.typ(e.X) + "[" + strings.Join(l, ", ") + "]"
	case *ast.BinaryExpr:
		return f.typ(e.X) + " | " + f.typ(e.Y)
	case *ast.UnaryExpr:
		return "~" + f.typ(e.X)
	}
	return fmt.Sprintf("?%T", e)
}

func (f *file) typeParams(l *ast.FieldList) string {
	f.tparams = map[string]int{}
	if l == nil {
		return ""
	}
	for _, field := range l.List {
		for _, n := range field.Names {
			f.tparams[n.Name] = len(f.tparams) + 1
		}
	}
	var out []string
	k := 0
	for _, field := range l.List {
		for range field.Names {
			k++
			out = append(out, fmt.Sprintf("$%d %s", k, f.typ(field.Type)))
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}

type found func(owner, name, decl string)

func (f *file) receiver(fn *ast.FuncDecl) (owner, text string) {
	t := fn.Recv.List[0].Type
	star := ""
	f.tparams = map[string]int{}
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			star += "*"
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			f.tparams[x.Index.(*ast.Ident).Name] = 1
			t = x.X
		case *ast.IndexListExpr:
			for i, p := range x.Indices {
				f.tparams[p.(*ast.Ident).Name] = i + 1
			}
			t = x.X
		case *ast.Ident:
			return x.Name, star + x.Name
		default:
			return "", ""
		}
	}
}

func (f *file) types(s *ast.TypeSpec, add found) {
	text := "type " + s.Name.Name + f.typeParams(s.TypeParams) + " "
	if s.Assign != 0 {
		text += "= "
	}
	hidden := false
	fn := func(n *ast.Ident, decl string) {
		add(s.Name.Name, n.Name, decl)
		hidden = hidden || !n.IsExported()
	}
	switch t := s.Type.(type) {
	case *ast.StructType:
		rest := f.members(t.Fields, true, fn)
		sort.Strings(rest)
		text += body("struct", rest)
	case *ast.InterfaceType:
		rest := f.members(t.Methods, false, fn)
		sort.Strings(rest)
		text += body("interface", rest)
		if hidden {
			text += " with unexported methods"
		}
	default:
		text += f.typ(t)
	}
	add("", s.Name.Name, text)
	f.tparams = nil
}

func (f *file) consts(d *ast.GenDecl, add found) {
	var last *ast.ValueSpec
	for i, s := range d.Specs {
		s := s.(*ast.ValueSpec)
		if s.Type != nil || s.Values != nil {
			last = s
		}
		for k, n := range s.Names {
			text := "const " + n.Name
			if last.Type != nil {
				text += " " + f.typ(last.Type)
			}
			add("", n.Name, text+" = "+f.tokens(last.Values[k], i))
		}
	}
}

func (f *file) vars(d *ast.GenDecl, add found) {
	for _, s := range d.Specs {
		s := s.(*ast.ValueSpec)
		for _, n := range s.Names {
			if s.Type != nil {
				add("", n.Name, "var "+n.Name+" "+f.typ(s.Type))
			} else {
				add("", n.Name, "var "+n.Name+" =") // the rest is our own format
			}
		}
	}
}

func (f *file) decls(file *ast.File, add found) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			owner, text := "", "func "
			if d.Recv != nil {
				var r string
				owner, r = f.receiver(d)
				text += "(" + r + ") " + d.Name.Name
				if owner == "" {
					continue
				}
			} else {
				text += d.Name.Name + f.typeParams(d.Type.TypeParams)
			}
			add(owner, d.Name.Name, text+f.signature(d.Type))
			f.tparams = nil
		case *ast.GenDecl:
			switch d.Tok {
			case token.TYPE:
				for _, s := range d.Specs {
					f.types(s.(*ast.TypeSpec), add)
				}
			case token.CONST:
				f.consts(d, add)
			case token.VAR:
				f.vars(d, add)
			}
		}
	}
}

func counts(rel string) bool {
	if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
		return false
	}
	els := strings.Split(rel, "/")
	for i, e := range els {
		if e[0] == '.' || e[0] == '_' || i < len(els)-1 && (e == "testdata" || e == "vendor") {
			return false
		}
	}
	return true
}

func exported(s string) bool {
	for _, r := range s {
		return unicode.IsUpper(r)
	}
	return false
}

// holds is the "any tag" rule of cmd/go/internal/imports, with the release tags of go/build.
func holds(x constraint.Expr, want bool) bool {
	switch x := x.(type) {
	case *constraint.AndExpr:
		if want {
			return holds(x.X, want) && holds(x.Y, want)
		}
		return holds(x.X, want) || holds(x.Y, want)
	case *constraint.OrExpr:
		if want {
			return holds(x.X, want) || holds(x.Y, want)
		}
		return holds(x.X, want) && holds(x.Y, want)
	case *constraint.NotExpr:
		return holds(x.X, !want)
	case *constraint.TagExpr:
		if release.MatchString(x.Tag) {
			return slices.Contains(build.Default.ReleaseTags, x.Tag) == want
		}
		return x.Tag != "ignore" || !want
	}
	panic("unknown expression")
}

var release = regexp.MustCompile(`^go1\.[1-9][0-9]*$`)

// compiled reports whether go/build uses the file for some platform and tags.
func compiled(fset *token.FileSet, f *ast.File) bool {
	line := func(p token.Pos) int { return fset.PositionFor(p, false).Line }
	for _, plus := range []bool{false, true} {
		found, ok := false, true
		for i, g := range f.Comments {
			if g.Pos() > f.Package {
				break
			}
			next := f.Package
			if i+1 < len(f.Comments) {
				next = min(next, f.Comments[i+1].Pos())
			}
			for _, c := range g.List {
				if plus && (!constraint.IsPlusBuild(c.Text) || line(next) < line(g.End())+2) || !plus && !constraint.IsGoBuild(c.Text) {
					continue
				}
				if x, err := constraint.Parse(c.Text); err == nil {
					found = true
					ok = ok && holds(x, true)
				}
			}
		}
		if found {
			return ok
		}
	}
	return true
}

func dump(w *bufio.Writer, root string) {
	all := map[key]map[string]bool{}
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		if err != nil {
			return nil
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != root {
				return fs.SkipDir
			}
			return nil
		}
		if !counts(rel) {
			return nil
		}
		src, _ := os.ReadFile(path)
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			fmt.Fprintf(os.Stderr, "refused %s\n", path)
			return nil
		}
		if !compiled(fset, parsed) || parsed.Name.Name == "main" || parsed.Name.Name == "documentation" {
			return nil
		}
		dir := filepath.Dir(rel)
		if dir == "." {
			dir = ""
		}
		f := &file{src: src, fset: fset}
		f.decls(parsed, func(owner, name, decl string) {
			if !exported(name) || owner != "" && !exported(owner) {
				return
			}
			if owner != "" {
				name = owner + "." + name
			}
			k := key{dir, name}
			if all[k] == nil {
				all[k] = map[string]bool{}
			}
			all[k][decl] = true
		})
		return nil
	})
	var keys []key
	for k := range all {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if keys[i].pkg != keys[j].pkg {
			return keys[i].pkg < keys[j].pkg
		}
		return keys[i].name < keys[j].name
	})
	fmt.Fprintln(w, root)
	for _, k := range keys {
		var l []string
		for d := range all[k] {
			l = append(l, d)
		}
		sort.Strings(l)
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.pkg, k.name, strings.ReplaceAll(strings.Join(l, " ; "), "\n", " ; "))
	}
}

func main() {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for _, dir := range os.Args[1:] {
		dump(w, dir)
	}
}
