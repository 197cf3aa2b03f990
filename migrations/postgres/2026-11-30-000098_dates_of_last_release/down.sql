DROP TRIGGER facet_sets_date_old ON facet_sets;
DROP TRIGGER facet_sets_date_new ON facet_sets;
DROP FUNCTION date_facet_set();
