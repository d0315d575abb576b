"""Who should hear of what, and by which way: bell, pop-up, browser, sound, mail, push."""
