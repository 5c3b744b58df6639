@trust
Feature: A local failure is a failed task

  A site service that is down, slow or wrong must never look like work done: the hub would call a
  project ready that does not exist.

  @TRUST-TASK-09
  Scenario Outline: <type> fails when its local call meets <fault>
    Given the trust is running
    And the site meets "<route>" with <fault>
    When a "<type>" task is queued
    Then the task is reported as failed
    And [TRUST-RESULT-04] the task is reported as failed with a reason
    And [TRUST-POLL-03] the task is reported exactly once

    Examples:
      | type                | route              | fault                 |
      | create_imaging      | img.create_project | a refused connection  |
      | create_imaging      | img.create_project | status 400            |
      | create_imaging      | img.create_project | status 500            |
      | create_imaging      | img.create_project | status 204            |
      | create_imaging      | img.create_project | an empty 200          |
      | create_imaging      | img.create_project | words instead of JSON |
      | create_imaging      | img.create_project | a redirect to nowhere |
      | create_imaging      | img.create_project | status 302            |
      | delete_imaging      | img.project        | status 404            |
      | delete_imaging      | img.project        | status 204            |
      | delete_imaging      | img.project        | an empty 200          |
      | get_imaging_status  | img.import_status  | a reset               |
      | get_imaging_status  | img.import_status  | a truncated reply     |
      | get_imaging_status  | img.import_status  | garbage               |
      | get_imaging_status  | img.import_status  | words instead of JSON |
      | reimport_studies    | img.reimport       | status 418            |
      | reimport_studies    | img.reimport       | status 204            |
      | update_user_profile | img.users          | status 404            |
      | update_user_profile | img.users          | status 401            |
      | update_user_profile | img.users          | status 503            |
      | update_user_profile | img.users          | an empty 200          |
      | cohort_query        | da.cohort          | a refused connection  |
      | cohort_query        | da.cohort          | status 400            |
      | cohort_query        | da.cohort          | status 500            |
      | cohort_query        | da.cohort          | status 204            |
      | cohort_query        | da.cohort          | words instead of JSON |
      | get_imaging_status  | img.import_status  | status 300            |
      | cohort_query        | da.cohort          | a redirect to nowhere |
      | cohort_query        | da.cohort          | status 307            |
      | persist_cohort      | da.snapshot        | status 403            |
      | persist_cohort      | da.snapshot        | status 503            |
      | persist_cohort      | da.snapshot        | an empty 200          |

  @TRUST-TASK-09 @slow @waits:30
  Scenario Outline: <type> is given up when the imaging service stays silent
    Given the trust is running
    And the site meets "<route>" with silence
    When a "<type>" task is queued
    Then the task is reported as failed
    And the local call to "<route>" was given up after 30 s
    And the trust polls again

    Examples:
      | type                | route             |
      | get_imaging_status  | img.import_status |
      | update_user_profile | img.users         |

  @TRUST-TASK-09 @slow @quick @waits:300
  Scenario: A cohort query is given up when data-access-api stays silent for 300 s
    Given the trust is running
    And the site meets "da.cohort" with silence
    When a "cohort_query" task is queued
    Then the task is reported as failed
    And the local call to "da.cohort" was given up after 300 s
    And the trust polls again

  @TRUST-TASK-09 @needs:restart @slow @waits:60
  Scenario Outline: <type> is given up after the time its operator set
    Given a registered trust
    And the variable COHORT_QUERY_TIMEOUT_SECONDS is "60"
    And the trust is running
    And the site meets "<route>" with silence
    When a "<type>" task is queued
    Then the task is reported as failed
    And the local call to "<route>" was given up after 60 s
    And the trust polls again

    Examples:
      | type           | route       |
      | cohort_query   | da.cohort   |
      | persist_cohort | da.snapshot |

  @TRUST-RESULT-04
  Scenario Outline: get_imaging_status tells the status code <code> of its failure
    Given the trust is running
    And the site meets "img.import_status" with status <code>
    When a "get_imaging_status" task is queued
    Then the task is reported as failed with a reason and its status code <code>

    Examples:
      | code |
      | 400  |
      | 404  |
      | 500  |

  @TRUST-RESULT-05
  Scenario Outline: persist_cohort tells the status code <code> of its failure
    Given the trust is running
    And the site meets "da.snapshot" with status <code>
    When a "persist_cohort" task is queued
    Then the task is reported as failed with a reason and its status code <code>

    Examples:
      | code |
      | 403  |
      | 422  |
      | 500  |
