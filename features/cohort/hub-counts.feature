@hub @needs:control
Feature: A hub adds up the counts of the trusts it asked, each trust's latest only

  Background:
    Given the trusts "Alpha", "Beta" and "Gamma" are registered
    And a cohort query put to "Alpha" and "Beta"

  @HUB-COHORT-01
  Scenario: A trust's second count replaces its first
    Given "Alpha" has sent the count 42
    When "Alpha" sends the count 17
    Then the reply is 200
    And the reply says "Cohort results processed successfully" in "message"
    And the query holds 17 for "Alpha"
    And the query's total is 17

  @HUB-COHORT-01
  Scenario: The total is the sum over the trusts
    Given "Alpha" has sent the count 42
    And "Beta" has sent the count 58
    Then the query's total is 100
    When "Alpha" sends the count 12
    Then the query holds 12 for "Alpha"
    And the query holds 58 for "Beta"
    And the query's total is 70

  @HUB-COHORT-02
  Scenario: A trust cannot count in the name of another
    Given "Alpha" has sent the count 42
    When "Alpha" sends the count 99 in the name of "Beta"
    Then the reply is 403 with the detail "Trust '{Alpha.name}' is not authorised to submit results for trust_id {Beta.id}"
    And the query holds nothing for "Beta"
    And the query's total is 42

  @HUB-COHORT-03
  Scenario: A count for a query nobody asked is the caller's mistake
    Given "Alpha" has sent the count 42
    When "Alpha" sends the count 12 for a query nobody asked
    Then the reply is a 4xx

  @HUB-COHORT-03
  Scenario: A count for a query that was not put to the trust is refused
    Given "Alpha" has sent the count 42
    When "Gamma" sends the count 12
    Then the reply is a 4xx
    And the query holds nothing for "Gamma"

  @HUB-COHORT-03
  Scenario: A count below zero is refused
    Given "Beta" has sent the count 42
    When "Alpha" sends the count -5
    Then the reply is a 4xx
    And the query holds nothing for "Alpha"
    And the query's total is 42

  @HUB-COHORT-04
  Scenario Outline: A failure <told> is shown as <word>
    Given an edition with failures among counts
    When "Alpha" sends the error "<error>" instead of a count
    Then the query shows the failure of "Alpha" as "<word>"

    Examples:
      | told                      | error                                        | word           |
      | by the word of a time-out | 504: query_timeout                           | query_timeout  |
      | by its word               | 500: query_failed                            | query_failed   |
      | by its word in capitals   | 500: QUERY_FAILED                            | query_failed   |
      | in an object              | 500: {'detail': 'query_failed'}              | internal_error |
      | in words of its own       | ConnectError: All connection attempts failed | internal_error |

  @HUB-COHORT-04
  Scenario: Nothing of a failure's own text reaches the aggregate
    Given an edition with failures among counts
    When "Alpha" sends the error "500: relation omop.planted_table does not exist" instead of a count
    Then the query shows the failure of "Alpha" as "internal_error"
    And the query shows "planted_table" nowhere
