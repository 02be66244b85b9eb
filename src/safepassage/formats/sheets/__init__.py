"""Write what is handed out on paper: sheets, slips, notices, the situation, the audit."""
