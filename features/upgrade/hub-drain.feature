@hub @needs:control
Feature: Before a redeploy one can ask whether trainings run

  Background:
    Given the trust "Alpha" is registered
    And a model with "Alpha"

  @UPG-DRAIN-02
  Scenario: A training in progress is told, and its end too
    When a user asks whether trainings run
    Then the reply is 200
    And the hub says that no training runs
    Given the FL server has set the status "PREPARED"
    When a user asks whether trainings run
    Then the hub says that a training runs
    Given the FL server has set the status "RESULTS_UPLOADED"
    When a user asks whether trainings run
    Then the hub says that no training runs

  @UPG-DRAIN-02
  Scenario: Without a token nothing is told
    When a user asks whether trainings run
    Then the reply is 200
    When nobody asks whether trainings run
    Then the reply is 401
