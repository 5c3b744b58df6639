@hub @needs:control
Feature: Logs and events are stored for the client they tell of

  Background:
    Given the trust "Alpha" is registered
    And a model with "Alpha"

  @FL-LOSS-01
  Scenario: An accepted log is one row of its client
    When the FL server posts a log of "Alpha"
    Then the reply is 200
    And the reply says "Created" in "detail"
    And the log is stored as one row

  @FL-LOG-01
  Scenario: A log that names no client is refused
    When the FL server posts a log of "Alpha" with no client
    Then the reply is a 422 of type "missing" at "body.fl_client_name"
    And the model has no log rows
    When the FL server posts a log of "Alpha"
    Then the reply is 200

  @FL-LOG-01
  Scenario: A log in the old shape is refused
    When the FL server posts a log of "Alpha" as the line fl-0.1.8 does
    Then the reply is a 422 of type "missing" at "body.fl_client_name"
    And the model has no log rows

  @FL-LOG-02
  Scenario Outline: A log with <content> is one row
    When the FL server posts a log of "Alpha" with <content>
    Then the reply is 200
    And the log is stored as one row

    Examples:
      | content                        |
      | a text                         |
      | an event                       |
      | an event nobody knows          |
      | an event word of 64 characters |
      | details of 8192 bytes          |
      | no client                      |

  @FL-LOG-02
  Scenario Outline: A log with <content> is invalid and leaves no row
    When the FL server posts a log of "Alpha" with <content>
    Then the reply is 422
    And the model has no log rows
    When the FL server posts a log of "Alpha" with an event
    Then the reply is 200

    Examples:
      | content                |
      | neither text nor event |
      | both text and event    |
      | an event without round |
      | an event in round 0    |

  @FL-LOG-02
  Scenario: The waiting event needs a round like any other where the edition says nothing else
    Given an edition without a waiting event that needs no round
    When the FL server posts a log of "Alpha" with the waiting event
    Then the reply is 422
    And the model has no log rows
    When the FL server posts a log of "Alpha" with an event
    Then the reply is 200

  @FL-LOG-04
  Scenario: The waiting event is one row, with its details and without a round
    When the FL server posts a log of "Alpha" with the waiting event
    Then the reply is 200
    And the log is stored as one row
    And the stored log has no round and the details that were sent

  @FL-LOG-02
  Scenario Outline: A log with <content> is over the limits and leaves no row
    Given an edition with caps on log events
    When the FL server posts a log of "Alpha" with <content>
    Then the reply is 422
    And the model has no log rows
    When the FL server posts a log of "Alpha" with an event
    Then the reply is 200

    Examples:
      | content                              |
      | an event word of 65 characters       |
      | details of 8193 bytes                |
      | an event of the hub's own scheduler  |

  @FL-LOG-03
  Scenario: A failure in the old shape does not turn into a success of nobody
    When the FL server posts a log of "Alpha" as the line fl-0.1.8 does
    Then the log was refused, or is kept for "Alpha" and not as a success
