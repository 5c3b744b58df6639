@hub @needs:control
Feature: A model has the status the FL server gave it

  Background:
    Given the trust "Alpha" is registered
    And a model with "Alpha"

  @FL-STATUS-01
  Scenario: Every status word of the edition is taken
    Then every status word of the edition is taken and kept

  @FL-STATUS-01
  Scenario: The old word for a running training is understood
    Given an edition with an old word for RUNNING
    When the FL server sets the status "TRAINING_STARTED"
    Then the reply is 200
    And the model's status is "RUNNING"

  @FL-STATUS-01
  Scenario Outline: The word <word> is no status
    When the FL server sets the status "<word>"
    Then the reply is a 422 of type "enum" at "path.model_status"
    And the model's status is not "<word>"
    When the FL server sets the status "PREPARED"
    Then the model's status is "PREPARED"

    Examples:
      | word     |
      | prepared |
      | Stopped  |
      | FINISHED |

  @FL-STATUS-01
  Scenario: A status of a model nobody made is refused
    When the FL server sets the status "PREPARED" of a model nobody made
    Then the reply is 404 with the detail "Model ID: 00000000-0000-4000-8000-000000000000 does not exist"

  @FL-STATUS-02
  Scenario Outline: A stopped model stays stopped when <word> comes late
    Given the FL server has set the status "STOPPED"
    When the FL server sets the status "<word>"
    Then the model's status is "STOPPED"

    Examples:
      | word                  |
      | PREPARED              |
      | RUNNING               |
      | ERROR                 |
      | RESULTS_UPLOADED      |
      | RESULTS_UPLOAD_FAILED |
