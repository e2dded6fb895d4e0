"""One question being answered: started, followed, resumed, stopped, and made final in one transaction."""
