@hub @needs:control
Feature: Each accepted metric is one row of the client that produced it

  Background:
    Given the trusts "Alpha" and "Beta" are registered
    And a model with "Alpha"

  @FL-METRIC-02
  Scenario: An accepted metric is one row with the values sent
    When the FL server posts a metric of "Alpha"
    Then the reply is 204
    And the reply has no body
    And the metric is stored as one row

  @FL-METRIC-02
  Scenario: Equal metrics are rows of their own
    Given the FL server has posted a metric of "Alpha"
    When the FL server posts a metric of "Alpha"
    Then the reply is 204
    And the model has 2 metric rows

  @FL-METRIC-02
  Scenario: A metric without an axis lies at its round
    Given an edition with an axis for metrics
    When the FL server posts a metric of "Alpha"
    Then the stored metric lies at 3 on "Global Rounds"

  @FL-METRIC-02
  Scenario: A metric with an axis of its own keeps it
    Given an edition with an axis for metrics
    When the FL server posts a metric of "Alpha" at 1.5 on "epoch"
    Then the reply is 204
    And the stored metric lies at 1.5 on "epoch"

  @FL-METRIC-01
  Scenario Outline: A metric without <member> is refused, the member named, and leaves no row
    When the FL server posts a metric of "Alpha" without <member>
    Then the reply is a 422 of type "missing" at "body.<member>"
    And the model has no metric rows
    When the FL server posts a metric of "Alpha"
    Then the reply is 204

    Examples:
      | member         |
      | fl_client_name |
      | global_round   |
      | label          |
      | result         |

  @FL-METRIC-01
  Scenario: A metric in the old shape is refused, the member named, and leaves no row
    When the FL server posts a metric of "Alpha" as the line fl-0.1.8 does
    Then the reply is a 422 of type "missing" at "body.fl_client_name"
    And the model has no metric rows

  @FL-METRIC-03
  Scenario Outline: A metric in the name of <who> is refused and leaves no row
    When the FL server posts a metric in the name of "<name>"
    Then the reply is 400 with the detail "<detail>"
    And the model has no metric rows
    When the FL server posts a metric of "Alpha"
    Then the reply is 204

    Examples:
      | who                  | name         | detail                                                                        |
      | an unknown slot      | Trust_99     | FL client 'Trust_99' could not be resolved to a trust (model: {model})        |
      | a free slot          | Trust_5      | FL client 'Trust_5' could not be resolved to a trust (model: {model})         |
      | a display name       | {Alpha.name} | FL client '{Alpha.name}' could not be resolved to a trust (model: {model})    |
      | another model's trust | {Beta.slot} | The trust: {Beta.name} is not associated with model: {model}                  |

  @FL-METRIC-04
  Scenario Outline: A metric of <number> is invalid
    When the FL server posts a metric of "Alpha" with the result <value>
    Then the reply is 422
    And the model has no metric rows
    When the FL server posts a metric of "Alpha"
    Then the reply is 204

    Examples:
      | number             | value     |
      | NaN                | NaN       |
      | Infinity           | Infinity  |
      | Infinity below zero | -Infinity |
