@hub @needs:control
Feature: What a training sends is what the hub holds afterwards, or the loss is named

  Background:
    Given the trusts "Alpha" and "Beta" are registered
    And a model with "Alpha" and "Beta"

  @FL-LOSS-01
  Scenario: A training on the edition's own FL line is stored whole, each row once
    When a training of 3 rounds with "Alpha" and "Beta" runs on the edition's own FL line
    Then the hub holds every metric and every event of the training once
    And the training ended as "RESULTS_UPLOADED"

  @FL-LOSS-01
  Scenario: What a training sent is kept under the client it came from
    When a training of 2 rounds with "Alpha" and "Beta" runs on the edition's own FL line
    Then what the training sent is what the hub holds

  @FL-LOSS-03
  Scenario: What a client's failure sent is kept as a failure
    When a training in which "Alpha" crashes runs on the edition's own FL line
    Then what the training sent is what the hub holds

  @FL-LOSS-03
  Scenario: A client that fails leaves a failure under its own name
    When a training in which "Alpha" crashes runs on the edition's own FL line
    Then the failure of "Alpha" is stored with its client and as no success

  @FL-COMPAT-01
  Scenario Outline: A training on the FL line <line> leaves what the compatibility table says
    When a training of 2 rounds with "Alpha" and "Beta" runs on the FL line <line>
    Then the hub holds what the compatibility table gives for this pairing
    And the pairing is called a silent loss exactly when rows are missing

    Examples:
      | line      |
      | fl-0.1.4  |
      | fl-0.1.8  |
      | fl-mid-a  |
      | fl-mid-b  |
      | fl-0.4.1  |
      | fl-0.13.1 |

  @FL-CLIENT-01
  Scenario Outline: The FL line <line> does not wait for ever for a silent hub
    When a training on the FL line <line> finds an ingest that never answers
    Then the training gave up by itself

    Examples:
      | line      |
      | fl-0.4.1  |
      | fl-0.13.1 |
