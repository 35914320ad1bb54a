"""Explanations: how a network comes from 28×28 ink to ten scores, with every number kept."""
