@hub @needs:control
Feature: Changing the key between the hub's own services

  flip-api and fl-server hold one key. While one of them runs on another, every post is refused and
  nobody is told: the training ends well, the model stands where it stood, and nothing is stored.

  Background:
    Given the trusts "Alpha" and "Beta" are registered
    And a model with "Alpha" and "Beta"

  @ROT-INTERNAL-01
  Scenario Outline: With <first> alone on the next key a whole training is lost in silence
    When <first> alone is redeployed with the next hub-internal key
    And a training of 2 rounds with "Alpha" and "Beta" runs on the keys of the moment
    Then every post of the training was refused with 401, and the FL server said RESULTS_UPLOADED
    And the model is as it was before the training
    And the training is called a silent loss

    Examples:
      | first     |
      | flip-api  |
      | fl-server |

  @ROT-INTERNAL-01
  Scenario: A rotation in the middle of a training keeps what came before and leaves the model stuck
    Given the FL server has set the status "PREPARED"
    And the FL server has posted a metric of "Alpha"
    When flip-api alone is redeployed with the next hub-internal key
    And the FL server, still with the former key, posts a metric of "Beta"
    Then the reply is 401 with the detail "Invalid internal service key."
    When the FL server, still with the former key, sets the status "RESULTS_UPLOADED"
    Then the reply is 401 with the detail "Invalid internal service key."
    And the model has 1 metric row
    And the model's status is "PREPARED"

  @ROT-INTERNAL-01 @FL-LOSS-01
  Scenario Outline: In the safe order, no training and both redeployed, every row is kept (<first> first)
    When <first> alone is redeployed with the next hub-internal key
    And the other one is redeployed too
    And a training of 2 rounds with "Alpha" and "Beta" runs on the keys of the moment
    Then the hub holds every metric and every event of the training once
    And the training ended as "RESULTS_UPLOADED"
    And the former hub-internal key is refused on every ingest route

    Examples:
      | first     |
      | flip-api  |
      | fl-server |

  @ROT-INTERNAL-01 @FL-LOSS-01
  Scenario: Making the key again without force costs no row
    When the hub-internal key is made again without force
    And a training of 2 rounds with "Alpha" and "Beta" runs on the keys of the moment
    Then the hub-internal key is still the same
    And the hub holds every metric and every event of the training once
