throw new Error('not part of vpmon');
