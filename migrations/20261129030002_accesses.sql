-- An incident lists the files of lists and the forms that its subject was in as well.

DROP INDEX audit_entry_accesses;
CREATE INDEX audit_entry_accesses ON audit_entry USING gin (subject_ids)
    WHERE action IN ('REVEAL_FIELDS', 'LEND', 'EXPORT', 'DOWNLOAD_EXPORT', 'VIEW_MASKED', 'READ_EVIDENCE',
        'EXPORT_SUSPICION_LIST', 'PRINT_CONFIRMATION_FORM');
