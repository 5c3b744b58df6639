@trust
Feature: Counts go from the site to the hub and no further than they should

  A cohort query is answered with counts. They reach the hub unchanged, small numbers do not leave the
  site, and a query that failed says so under the ids it was asked by.

  @TRUST-TASK-07
  Scenario: A cohort query is forwarded whole and its counts are accepted first
    Given the trust is running
    When a "cohort_query" task is queued with further members
      """
      {"added_by_a_newer_hub": {"deep": [1, 2.5, null, true, "ü"]}}
      """
    Then the task is reported as a success
    And the local service got every member of the payload unchanged
    And the hub accepted the counts before the task was reported
    And the hub got the counts of the local reply with every value as text
    And the result of the task is null
    And exactly 1 call to "da.cohort" was made

  @TRUST-TASK-07
  Scenario: Values that are no text become text
    Given the trust is running
    And the site answers a cohort query with the values 30, 1.5 and "F"
    When a "cohort_query" task is queued
    Then the task is reported as a success
    And the hub got the counts of the local reply with every value as text
    And the hub's aggregate holds 30 records of the trust

  @TRUST-TASK-07
  Scenario Outline: Counts that meet <fault> at the hub are no success
    Given the trust is running
    And the hub meets every body of counts with <fault>
    When a "cohort_query" task is queued
    Then the task is reported as failed
    And the hub refused the counts
    And the trust polls again

    Examples:
      | fault      |
      | status 400 |
      | status 403 |
      | status 404 |
      | status 422 |
      | status 500 |
      | a reset    |

  @TRUST-COHORT-01
  Scenario: A suppressed cohort stays suppressed on its way
    Given the trust is running
    And the site answers a cohort query with a suppressed cohort
    When a "cohort_query" task is queued
    Then the task is reported as a success
    And nothing but the mark of suppression reached the hub
    And the hub's aggregate holds 0 records of the trust

  @TRUST-COHORT-01 @needs:site-services
  Scenario: A whole site tells nothing of 9 persons
    Given a registered trust
    And the trust brings its own site services
    And the trust is running
    When a cohort query over 9 persons is queued
    Then nothing but the mark of suppression reached the hub

  @TRUST-COHORT-01 @needs:site-services
  Scenario: A whole site counts 60 persons
    Given a registered trust
    And the trust brings its own site services
    And the trust is running
    When a cohort query over 60 persons is queued
    Then the task is reported as a success
    And the hub's aggregate holds 60 records of the trust

  @TRUST-COHORT-02
  Scenario Outline: A query that meets <fault> at the site leaves an error record, then a failed result
    Given the trust is running
    And the site meets "da.cohort" with <fault>
    When a "cohort_query" task is queued
    Then an error record of the query reached the hub before the failed result

    Examples:
      | fault                 |
      | status 400            |
      | status 500            |
      | status 204            |
      | a refused connection  |
      | words instead of JSON |

  @TRUST-COHORT-03
  Scenario Outline: The hub shows why a query failed: <category>
    Given the trust is running
    And the site's "da.cohort" answers {"code": 500, "body": "{\"detail\": \"<category>\"}"}
    When a "cohort_query" task is queued
    Then an error record names a status and a category
    And the hub shows the category "<category>" for the trust

    Examples:
      | category       |
      | query_failed   |
      | internal_error |

  @TRUST-COHORT-03
  Scenario: Good counts that the hub cannot take leave no raw error behind
    Given the trust is running
    And the hub meets the next body of counts with status 500
    When a "cohort_query" task is queued
    Then the hub refused the counts
    And every error record names a status and a category
