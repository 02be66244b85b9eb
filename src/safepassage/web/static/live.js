// What makes the pages live; without it they work the same, after a reload.
