@trust
Feature: Each task makes the one local call it stands for

  A trust translates work of the hub into calls of its own site services. Each type stands for one
  call; what the service answers is what the researcher sees.

  @TRUST-TASK-08 @TRUST-RESULT-01
  Scenario Outline: <type> returns the reply of its local call
    Given the trust is running
    When a "<type>" task is queued
    Then the task is reported as a success
    And the task makes exactly the local call of its type
    And the result of the task is the reply of the local call as JSON text
    And [TRUST-RESULT-01] every report holds success and result and nothing else

    Examples:
      | type               |
      | create_imaging     |
      | get_imaging_status |
      | persist_cohort     |

  @TRUST-TASK-08 @TRUST-RESULT-01
  Scenario Outline: <type> returns nothing but that it was done
    Given the trust is running
    When a "<type>" task is queued
    Then the task is reported as a success
    And the task makes exactly the local call of its type
    And the result of the task is null
    And [TRUST-RESULT-01] every report holds success and result and nothing else

    Examples:
      | type                |
      | delete_imaging      |
      | reimport_studies    |
      | update_user_profile |

  @TRUST-TASK-08 @needs:site-services
  Scenario: delete_imaging works at the site's own imaging service
    Given a registered trust
    And the trust brings its own site services
    And the trust is running
    When a "delete_imaging" task is queued
    Then the task is reported as a success

  @TRUST-TASK-08
  Scenario Outline: Further members of a <type> payload are forwarded
    Given the trust is running
    When a "<type>" task is queued with further members
      """
      {"added_by_a_newer_hub": {"deep": [1, 2.5, null, true, "ü"]}}
      """
    Then the task is reported as a success
    And the task makes exactly the local call of its type

    Examples:
      | type                |
      | create_imaging      |
      | update_user_profile |

  @TRUST-TASK-01
  Scenario Outline: The unknown type "<type>" fails with its name and calls nothing
    Given the trust is running
    When a "<type>" task is delivered as the text "this payload is not looked at"
    Then the task is reported as failed with "Unknown task type: <type>"
    And no local call was made
    And the log holds "Unknown task type"

    Examples:
      | type              |
      | reticulate_spline |
      | COHORT_QUERY      |
      | cohort-query      |
      | train model       |

  @TRUST-TASK-01
  Scenario: An unknown type does not keep the next task from being done
    Given the trust is running
    When a "invented_type" task "unknown" is queued
    And a "update_user_profile" task "known" is queued
    Then the task "unknown" is reported as failed
    And the task "known" is reported as a success
    And exactly 1 call to "img.users" was made

  @TRUST-RESULT-04
  Scenario Outline: A <type> payload that lacks its members fails with a reason
    Given the trust is running
    When a "<type>" task is queued with the payload
      """
      {"nothing": "of use"}
      """
    Then the task is reported as failed with a reason
    And no local call was made

    Examples:
      | type                |
      | cohort_query        |
      | create_imaging      |
      | delete_imaging      |
      | get_imaging_status  |
      | reimport_studies    |
      | update_user_profile |

  @TRUST-RESULT-04
  Scenario Outline: A plaintext that is <what> fails with a reason
    Given the trust is running
    When a "update_user_profile" task is queued with the payload
      """
      <text>
      """
    Then the task is reported as failed with a reason
    And no local call was made

    Examples:
      | what    | text       |
      | no JSON | not JSON   |
      | a list  | [1, 2]     |
      | a text  | "a string" |
      | null    | null       |
