"""The demo workspace: a fictional lamp maker, its website with the widget, and the mail that was captured."""
