@hub @needs:control
Feature: For an approved project every trust freezes its cohort first, and the hub judges what it hears

  Rows leave a site for the cohort that was frozen when the project was approved. So the freeze comes
  before anything else, also without imaging, and only a result that says what was frozen counts.

  Background:
    Given an edition with frozen cohorts
    And the trust "Alpha" is registered

  @HUB-FREEZE-01
  Scenario: The freeze is queued before the imaging project
    Given a project with imaging is approved for "Alpha"
    When "Alpha" polls
    Then the poll brings the freeze of the cohort, then the imaging project

  @HUB-FREEZE-01
  Scenario: The freeze is queued for a project without imaging too
    Given a project without imaging is approved for "Alpha"
    When "Alpha" polls
    Then the poll brings the freeze of the cohort and nothing else

  @HUB-FREEZE-01
  Scenario: A project without a query is refused
    Then a project without a query is approved for "Alpha" and refused with 409

  @HUB-FREEZE-02
  Scenario Outline: A freeze that tells <what> is done
    Given a project without imaging is approved for "Alpha"
    And "Alpha" has polled
    When "Alpha" reports the task as a success with the result "<result>"
    Then the report is taken
    And the task is COMPLETED
    And the hub tells the cohort of "Alpha" as "frozen"

    Examples:
      | what               | result                                                                                                                          |
      | what it must       | {"row_count": 12, "has_accessions": true, "query_hash": "ab12", "snapshot_at": "2026-11-01T10:00:00+00:00"}                     |
      | of nobody          | {"row_count": 0, "has_accessions": false, "query_hash": "ab12", "snapshot_at": "2026-11-01T10:00:00Z"}                          |
      | more than it must  | {"row_count": 12, "has_accessions": true, "query_hash": "ab12", "snapshot_at": "2026-11-01T10:00:00+00:00", "columns": ["a"]}   |

  @HUB-FREEZE-02
  Scenario Outline: A freeze that tells <what> is answered like any other and ends as a failure
    Given a project without imaging is approved for "Alpha"
    And "Alpha" has polled
    When "Alpha" reports the task as a success with the result "<result>"
    Then the report is taken
    And the task is FAILED
    And the task holds the result "{"error": "Malformed cohort snapshot result"}"
    And the hub tells the cohort of "Alpha" as "failed"

    Examples:
      | what                  | result                                                                                                         |
      | nothing               | null                                                                                                           |
      | it in words           | done                                                                                                           |
      | a count below zero    | {"row_count": -1, "has_accessions": true, "query_hash": "ab12", "snapshot_at": "2026-11-01T10:00:00+00:00"}    |
      | no count              | {"has_accessions": true, "query_hash": "ab12", "snapshot_at": "2026-11-01T10:00:00+00:00"}                     |
      | a word for a boolean  | {"row_count": 12, "has_accessions": "true", "query_hash": "ab12", "snapshot_at": "2026-11-01T10:00:00+00:00"}  |
      | a number for a hash   | {"row_count": 12, "has_accessions": true, "query_hash": 12, "snapshot_at": "2026-11-01T10:00:00+00:00"}        |
      | a word for a time     | {"row_count": 12, "has_accessions": true, "query_hash": "ab12", "snapshot_at": "yesterday"}                    |

  @HUB-FREEZE-03
  Scenario: A freeze nobody answered is pending
    Given a project without imaging is approved for "Alpha"
    Then the hub tells the cohort of "Alpha" as "pending"
    When "Alpha" polls
    Then the hub tells the cohort of "Alpha" as "pending"

  @HUB-FREEZE-03
  Scenario Outline: A freeze that failed with <result> is told as <reason>
    Given a project without imaging is approved for "Alpha"
    And "Alpha" has polled
    When "Alpha" reports the task as a failure with the result "<result>"
    Then the report is taken
    And the hub tells the cohort of "Alpha" as "failed" because it was "<reason>"
    When the freeze is asked for again
    Then the hub tells the cohort of "Alpha" as "pending"
    When "Alpha" polls
    Then the poll brings the freeze of the cohort and nothing else

    Examples:
      | result                                            | reason   |
      | {"error": "403: too small", "status_code": 403}   | refused  |
      | {"error": "400: no such table", "status_code": 400} | rejected |
      | {"error": "422: no query", "status_code": 422}    | rejected |

  @HUB-FREEZE-03
  Scenario: A freeze that was handed out for ever is told as timed out
    Given a project without imaging is approved for "Alpha"
    And "Alpha" gets the task and never reports it, 4 times
    Then the hub tells the cohort of "Alpha" as "failed" because it was "timed_out"
