module ab
