"""How an outlet comes aboard and is looked after: a site is probed, its file drafted, a page recorded, and later the
file is held against the live site."""
