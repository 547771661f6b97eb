-- Class and term of the main contract, for the days of cooling-off (猶豫期). Empty where the application did not state them and
-- in rows from before.
--
-- product_class: 1 ordinary life, 2 participating, 3 unit-linked, 4 universal, 5 accident, 6 health.
-- term_unit: 1 years, 2 months, 3 days, 4 to the age of term_length, 5 whole life (term_length 0).
ALTER TABLE submission ADD COLUMN product_class smallint CHECK (product_class BETWEEN 1 AND 6);
ALTER TABLE submission ADD COLUMN term_unit smallint CHECK (term_unit BETWEEN 1 AND 5);
ALTER TABLE submission ADD COLUMN term_length integer CHECK (term_length >= 0);
ALTER TABLE submission ADD CHECK ((term_unit IS NULL) = (term_length IS NULL));
