@hub @needs:control
Feature: Replies show nothing that belongs to somebody else

  Background:
    Given the trust "Alpha" is registered

  @HUB-ERR-02
  Scenario Outline: A report with <content> is refused without repeating it
    Given a task was handed to "Alpha"
    When "Alpha" reports the task with <content>
    Then the reply is 422
    And the reply is nothing but a refusal

    Examples:
      | content                                       |
      | its own key inside an object as result        |
      | 2000 characters in an object as result        |
      | a result of 10000001 characters               |

  @HUB-ERR-02
  Scenario: An error nobody foresaw shows nothing of the hub's inside
    Given a model with "Alpha"
    And the hub cannot write a model's status
    When the FL server sets the status "PREPARED"
    Then the reply is a 5xx
    And the reply shows nothing of the hub's inside

  @HUB-ERR-02
  Scenario: With its database away the hub shows nothing of its inside
    Given the hub's database is away
    When "Alpha" sends a heartbeat
    Then the reply is a 5xx
    And the reply shows nothing of the hub's inside

  @HUB-ERR-03
  Scenario: Who is Online is told to nobody without a token
    When who is Online is asked without a token
    Then the reply is 401
    When who is Online is asked with a token
    Then the reply is 200
