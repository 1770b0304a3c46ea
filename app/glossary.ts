/** One sentence for each term of the field that the page uses. */
export const glossary = {
  client: 'One learner: an open tab with its own share of the samples and its own model.',
  unevenness: 'The Dirichlet concentration α of a client’s classes: small gives each client mostly one or two, large gives all alike.',
  ring: 'Each client talks to the one before and the one after it.',
  'k-regular': 'Everyone has the same number, drawn at random.',
  'erdos-renyi': 'Each pair is connected by chance, and nobody is left alone.',
  star: 'The client with the lowest number talks to everyone, the others only to it.',
  full: 'Each client talks to every other; bytes grow fastest.',
  convolutions:
    'Blocks of 3 × 3 filters and pooling between the image and the dense layers: how many filters each has. None makes a plain network.',
  hidden: 'How many units each dense layer has, between the image or its convolutions and the classes.',
  kernel:
    'The neural tangent kernel says how learning one sample moves the model’s outputs on another. The whole one also knows how one class’s output moves another’s.',
  seed: 'The number that every random choice starts from: the same seed gives the same shares, graph and first weights.',
  pull: 'Weights held back are pulled a little towards where all began, in every mix, so that they do not grow for ever: the more samples, the less.',
  aggregation: 'How neighbours’ models are averaged: plainly, or so that a few members that send wrong ones cannot do much.',
  patience: 'After so many rounds in which the averaged model gets no better, the run ends by itself; with 0 it never does.',
  backend: 'What computes: the graphics card (WebGPU), WebAssembly, or plain JavaScript (cpu).',
  mix: 'Average this model with the neighbours’ models.',
  linearise: 'Neighbours evaluate their samples at this averaged model, which gives the neural tangent kernel.',
  evolve: 'Follow how the outputs on all those samples would change under training, using the kernel alone.',
  step: 'Turn that change of outputs into one change of the weights, with the neighbours’ help.',
  choose: 'Of several such changes take the one whose model is the least surprised by this client’s own samples.',
  descend: 'Take gradient steps on this client’s own samples.',
  evaluate: 'Test the new model on samples that nobody trained on.',
  averaged: 'The model whose weights are the average of all clients’ weights: what the federation has learned together.',
  alone: 'What this client reaches by itself: as many rounds by the same method, on its own data only, trained in this tab after the run.',
  mean: 'The average of the scores that the clients reach with their own models.',
  loss: 'Mean cross-entropy on the test samples: how surprised the model is by the right answers; lower is better.',
  accuracy: 'The part of the test samples, which nobody trained on, that a model names rightly.',
  cost: 'What learning costs in communication: accuracy against the training bytes of a client’s rounds: its messages and the answers to them.',
  training: 'Bytes of the method itself: weights, features for the kernel, residuals and steps.',
  evaluation: 'Bytes spent only to draw these charts; nothing of the training depends on them.',
  control: 'Bytes to agree on settings, start, pause and stop.',
  missed: 'Rounds in which this client went on without that one, because it was late or gone.',
} as const;

export type GlossaryTerm = keyof typeof glossary;
