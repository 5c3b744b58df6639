@hub
Feature: Every refusal has one shape

  Background:
    Given the trust "Alpha" is registered

  @HUB-ERR-01
  Scenario Outline: The refusal of <call> is JSON with a detail
    When somebody makes <call> of the hub
    Then the reply is <status>
    And the reply is JSON with a detail

    Examples:
      | call                                               | status |
      | a call to an unknown path                          | 404    |
      | a call with a wrong method                         | 405    |
      | a call without a key                               | 401    |
      | a call with malformed JSON                         | 422    |
      | a call with JSON that is not announced as such     | 422    |
      | a call with missing members                        | 422    |
      | a call about an id that is no UUID                 | 422    |
      | an ingest call without a key                       | 401    |

  @HUB-ERR-01 @needs:control
  Scenario Outline: With its database away the hub still refuses <call> in JSON
    Given the hub's database is away
    When "Alpha" <call>
    Then the reply is a 5xx
    And the reply is JSON with a detail
    Given the hub's database is back
    When "Alpha" <call>
    Then the reply is 200

    Examples:
      | call              |
      | sends a heartbeat |
      | polls             |

  @HUB-ERR-01 @needs:control
  Scenario: A count that is no number is refused in JSON
    Given a cohort query put to "Alpha"
    When "Alpha" sends a count that is no number
    Then the reply is JSON with a detail

  @HUB-ERR-01 @needs:control
  Scenario: A number that JSON does not have is refused in JSON
    Given an edition with bounds on the numbers of a metric
    And a model with "Alpha"
    When the FL server posts a metric of "Alpha" with the result NaN
    Then the reply is JSON with a detail

  @HUB-ERR-01 @needs:control
  Scenario: A lone surrogate is refused in JSON
    Given a task was handed to "Alpha"
    When "Alpha" reports the task with a lone surrogate in the result
    Then the reply is JSON with a detail
