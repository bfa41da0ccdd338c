//! What if: plans, curves and the predicted run.
