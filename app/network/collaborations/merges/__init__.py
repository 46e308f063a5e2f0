"""That one collaboration is another, as one person says and a second has to."""
