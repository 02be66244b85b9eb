"""When can buses have brought everybody in, and how? Plans with a proved bound."""
